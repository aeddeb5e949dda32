/** An item of a table, and what an expression's placeholders stand for. */
export type Item = Record<string, unknown>;
export interface Names {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** DynamoDB's condition expressions, as far as the service uses them. A comparison with what is not there does not hold. */
export function conditionHolds(expression: string, item: Item, names: Names): boolean {
  const tokens = expression.match(/<>|<=|>=|[()=<>,]|[:#]?\w+/g) ?? [];
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new Error(`${expression}: ${wanted ?? 'more'} expected, not ${token}`);
    }
    return token;
  };
  const attribute = (token: string): unknown => item[token.startsWith('#') ? (names.names[token] ?? token) : token];
  const value = (token: string): unknown => {
    if (!(token in names.values)) throw new Error(`${expression}: ${token} has no value`);
    return names.values[token];
  };

  function either(): boolean {
    let result = both();
    while (tokens[at] === 'OR') {
      take('OR');
      result = both() || result;
    }
    return result;
  }

  function both(): boolean {
    let result = single();
    while (tokens[at] === 'AND') {
      take('AND');
      result = single() && result;
    }
    return result;
  }

  function single(): boolean {
    const first = take();
    if (first === '(') return closing(either());
    if (first === 'attribute_exists') return take('(') !== '' && closing(attribute(take()) !== undefined);
    if (first === 'attribute_not_exists') return take('(') !== '' && closing(attribute(take()) === undefined);
    const operator = take();
    if (operator === 'IN') return oneOf(attribute(first));
    return compare(attribute(first), operator, value(take()));
  }

  function closing(result: boolean): boolean {
    take(')');
    return result;
  }

  function oneOf(known: unknown): boolean {
    let found = false;
    take('(');
    do found = value(take()) === known || found;
    while (take() === ',');
    return found;
  }

  const result = either();
  if (at < tokens.length) throw new Error(`${expression}: ${tokens[at]} is not understood`);
  return result;
}

function compare(known: unknown, operator: string, value: unknown): boolean {
  if (operator === '<>') return known !== value;
  if (known === undefined || typeof known !== typeof value) return false;
  const [one, other] = [known as number, value as number];
  if (operator === '=') return one === other;
  if (operator === '<') return one < other;
  if (operator === '<=') return one <= other;
  if (operator === '>') return one > other;
  if (operator === '>=') return one >= other;
  throw new Error(`${operator} is not a comparison`);
}

/** The item after an update expression of SET, ADD and REMOVE. */
export function updateItem(expression: string, item: Item, { names, values }: Names): Item {
  const after: Item = structuredClone(item);
  const name = (token: string) => (token.startsWith('#') ? (names[token] ?? token) : token);
  for (const [, clause, body = ''] of expression.matchAll(/(SET|ADD|REMOVE) ((?:(?!\b(?:SET|ADD|REMOVE)\b).)*)/g)) {
    for (const part of body.split(',').map((one) => one.trim())) {
      const [attribute = '', value = ''] = part.split(/\s*=\s*|\s+/);
      if (clause === 'REMOVE') delete after[name(attribute)];
      else if (!(value in values)) throw new Error(`${expression}: ${value} has no value`);
      else if (clause === 'SET') after[name(attribute)] = structuredClone(values[value]);
      else after[name(attribute)] = Number(after[name(attribute)] ?? 0) + Number(values[value]);
    }
  }
  return after;
}
