import type { ProcessSpec } from '@soundbite/model';

/** A spec as it is when the directory `from` is now at `to`; an equal one when it names nothing in there. */
export function relocated(spec: ProcessSpec, from: string, to: string): ProcessSpec {
  const path = new RegExp(`(?<![\\w./-])${from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=$|[^\\w.-])`, 'g');
  const put = (text: string) => text.replace(path, () => to);
  return {
    ...spec,
    command: put(spec.command),
    args: spec.args.map(put),
    env: Object.fromEntries(Object.entries(spec.env).map(([key, value]) => [key, put(value)])),
    ...(spec.cwd === undefined ? {} : { cwd: put(spec.cwd) }),
  };
}
