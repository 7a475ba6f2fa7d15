// Stands in for the native module with which the extension host watches its parent; the runner kills the whole process group instead.
exports.start = () => {};
exports.exit = (code) => process.exit(code ?? 0);
