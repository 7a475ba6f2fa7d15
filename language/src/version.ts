/** The tool's version, as it stands in the head of compiled files. */
export const version = "0.1.0";
