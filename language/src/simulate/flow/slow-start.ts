/** Members that came a short while ago and take a rising part of their turns. Times in seconds. */

/**
 * The part of its turns that a member takes over a step, on average: it rises in a straight line from none when it came to all `slowStartSeconds` later.
 * @param age how long the member was there at the beginning of the step
 */
export function risingPart(age: number, stepSeconds: number, slowStartSeconds: number): number {
  if (age >= slowStartSeconds) return 1;
  const rises = Math.min(stepSeconds, slowStartSeconds - age);
  const whileRising = (age + rises / 2) / slowStartSeconds;
  return (rises * whileRising + (stepSeconds - rises)) / stepSeconds;
}
