/** The folder of the repository, as a URL that ends in a slash; the compiled tests lie in out/test/helpers. */
export const root = new URL("../../../", import.meta.url);
