// Drives a real VS Code through its interface. Every gesture waits for what it brings about; nothing waits for a length of time.
export * from "./editor.ts";
export * from "./language.ts";
export * from "./panels.ts";
export * from "./pictures.ts";
export * from "./quick-input.ts";
export * from "./session.ts";
export * from "./waiting.ts";
