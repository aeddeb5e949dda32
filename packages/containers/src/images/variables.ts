/** The variables that a Dockerfile of ours sets: `ENV NAME=value` or `ENV NAME="value"`, one a line. */
export const recipeVariables = (dockerfile: string): ReadonlyMap<string, string> =>
  new Map(
    [...dockerfile.matchAll(/^ENV (\w+)=(?:"([^"]*)"|(\S+))$/gm)].map(([, name = '', quoted, bare]) => [
      name,
      quoted ?? bare ?? '',
    ]),
  );

/** By these a program loads more than its image starts; a base sets none. */
const loads = /^(LD_\w+|NODE_(?!VERSION$|ENV$)\w+|OPENSSL_(CONF|MODULES|ENGINES)|GCONV_PATH)$/;

/**
 * How an image's variables (as `NAME=value`) differ from those that were meant: what its recipes set stands as they set it, of the rest none loads code, and, where the image that
 * it is made on is known (`below`), there are no others than there.
 */
export function variableProblem(
  found: readonly string[],
  set: ReadonlyMap<string, string>,
  below?: readonly string[],
): string | null {
  const values = new Map(found.map((text): [string, string] => [nameIn(text), text.slice(nameIn(text).length + 1)]));
  for (const [name, value] of set) {
    if (values.get(name) !== value) return `its variable ${name} is ${values.get(name) ?? 'missing'}, not ${value}`;
  }
  for (const text of found.filter((one) => !set.has(nameIn(one)))) {
    if (loads.test(nameIn(text))) return `its variable ${nameIn(text)} makes it load other code`;
    if (below && !below.includes(text)) return `its variable ${nameIn(text)} is not the release's`;
  }
  return null;
}

const nameIn = (text: string): string => text.split('=', 1)[0] ?? '';
