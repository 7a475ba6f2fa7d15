/** Of work that was cancelled, or that an edit made pointless: answered with `-32800`. */
export class Stopped extends Error {}
