import { asRecord } from '../template.ts';

/** Whether an expression is the name or the ARN of the function with this logical id. */
export function isFunction(value: unknown, id: string): boolean {
  const { Ref, 'Fn::GetAtt': attribute } = asRecord(value);
  if (Ref === id) return true;
  const [of, name] = Array.isArray(attribute) ? attribute : String(attribute ?? '').split('.');
  return of === id && name === 'Arn';
}
