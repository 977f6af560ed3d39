import { WrongTypeError } from "@holdfast/core";

export function wrongType(operation: string): WrongTypeError {
  return new WrongTypeError(`memory: ${operation}: the key holds another kind of value than this operation works on.`);
}
