/** The dimensions of quantities and the unit in which each is held inside. */
export const dimensions = ["number", "ratio", "duration", "rate", "size", "money", "price", "factor"] as const;

/**
 * number: – · ratio: fraction · duration: seconds · rate: per second · size: bytes · money: USD · price: USD per hour · factor: number.
 * Cores of cpu are numbers.
 */
export type Dimension = (typeof dimensions)[number];
