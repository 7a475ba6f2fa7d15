/** The names that a statement uses, its nested statements left out, with what the constructs say that each may mean. */
import type { ReferenceKind } from "../syntax/spec.ts";
import type { ValueElement } from "../syntax/spec.ts";
import type { Expression, Field, NameUse, Statement, Value } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";

export interface UsedName extends NameUse {
  /** `demand`: a param or a traffic. `metric`: declared or built in. `metric or param`: built-in metrics in arithmetic. */
  readonly kind: ReferenceKind | "demand" | "metric or param" | "environment item";
}

/** Names that are declared are no uses. */
export function nameUsesOf(statement: Statement): readonly UsedName[] {
  const found: UsedName[] = [];
  const item = statement.spec.lead === "name" ? nameOf(statement) : undefined;
  if (item !== undefined) found.push({ ...item, kind: "environment item" });
  for (const field of statement.fields) ofField(field, found);
  return found;
}

function ofField({ element, value }: Field, found: UsedName[]): void {
  if (value !== undefined) ofValue(value, element, found);
}

function ofValue(value: Value, element: ValueElement | undefined, found: UsedName[]): void {
  switch (value.type) {
    case "list":
      for (const item of value.items) ofValue(item, element, found);
      break;
    case "group":
      for (const field of value.fields) ofField(field, found);
      break;
    case "range":
      ofExpression(value.low, element, found);
      if (value.high !== undefined) ofExpression(value.high, element, found);
      break;
    case "curve":
      for (const point of value.points) {
        ofExpression(point.seconds, element, found);
        if (point.at !== undefined) ofExpression(point.at, element, found);
      }
      break;
    case "offset":
      ofExpression(value.after, element, found);
      break;
    case "string": case "atom": case "named-metric":
      break;
    case "name": {
      const kind = wholeKind(element);
      if (kind !== undefined) found.push({ ...value, kind });
      break;
    }
    default:
      ofExpression(value, element, found);
  }
}

/** Of a name that is the whole value. */
function wholeKind(element: ValueElement | undefined): UsedName["kind"] | undefined {
  switch (element?.kind) {
    case undefined: case "name": case "method": case "column": return undefined;
    case "reference": return element.refersTo;
    case "demand": return "demand";
    case "metric": return "metric";
    case "metric-expression": return "metric or param";
    default: return "param";
  }
}

/** A chain `a + b + c` hangs from each other on the left: it is walked, not descended. */
function ofExpression(whole: Expression, element: ValueElement | undefined, found: UsedName[]): void {
  const kind = element?.kind === "metric-expression" ? "metric or param" : "param";
  const open: Expression[] = [whole];
  for (let expression = open.pop(); expression !== undefined; expression = open.pop()) {
    if (expression.type === "name") found.push({ ...expression, kind });
    else if (expression.type === "binary") open.push(expression.right, expression.left);
    else if (expression.type === "call") open.push(...expression.arguments);
    else if (expression.type === "parenthesized") open.push(expression.inner);
  }
}
