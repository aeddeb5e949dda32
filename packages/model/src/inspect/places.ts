import type { Template } from '../template.ts';
import type { Place } from './assembly.ts';

/** A construct's metadata in an assembly. */
interface Entry {
  readonly type: string;
  readonly data?: unknown;
  readonly trace?: readonly string[];
}
export type Metadata = Readonly<Record<string, readonly Entry[]>>;

/** Where each resource of a stack stands: construct, line of the template, line of the source. */
export function placesOf(stack: {
  readonly text: string;
  readonly template: Template;
  readonly metadata: Metadata;
  /** A place of the source as people read it. */
  readonly shown: (path: string) => string;
}): ReadonlyMap<string, Place> {
  const { text, template, metadata, shown } = stack;
  const lines = linesOf(text);
  const constructs = constructsOf(metadata);
  return new Map(
    [...template.resources.keys()].map((id) => {
      const construct = constructs.get(id);
      const path = construct?.path ?? id;
      return [id, { path, line: lines.get(id) ?? null, source: sourceOf(construct?.entries ?? [], shown) }];
    }),
  );
}

interface Construct {
  readonly path: string;
  readonly entries: readonly Entry[];
}

/** Constructs by the logical id that the CDK gave them. `/Orders/Worker/Resource` is the resource of `Orders/Worker`. */
function constructsOf(metadata: Metadata): ReadonlyMap<string, Construct> {
  const found = Object.entries(metadata).flatMap(([path, entries]): [string, Construct][] => {
    const id = entries.find(({ type }) => type === 'aws:cdk:logicalId')?.data;
    return typeof id === 'string' ? [[id, { path: path.replace(/^\/|\/(?:Resource|Default)$/g, ''), entries }]] : [];
  });
  return new Map(found);
}

/** The first line of the trace that is neither the CDK's nor Node's. */
function sourceOf(entries: readonly Entry[], shown: (path: string) => string): string | null {
  const traces = entries.flatMap(({ type, data, trace = [] }) =>
    type === 'aws:cdk:creationStack' ? [...(data as readonly string[]), ...trace] : trace,
  );
  for (const frame of traces) {
    const [, place, line] = /(file:\/\/\/[^\s():]+|\/[^\s():]+):(\d+)/.exec(frame) ?? [];
    if (!place || place.includes('/node_modules/')) continue;
    const path = place.startsWith('file:') ? decodeURIComponent(new URL(place).pathname) : place;
    return `${shown(path)}:${line}`;
  }
  return null;
}

/** Lines of the resources in a template as the CDK writes it, one key in each line; none of another form. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^\s*"Resources": \{$/.test(line));
  const indent = /^\s*/.exec(lines[start + 1] ?? '')?.[0] ?? '';
  for (let at = start + 1; start >= 0 && at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (!line.startsWith(indent)) break;
    const [, id] = line[indent.length] === '"' ? (/^\s*"([A-Za-z0-9]+)": \{/.exec(line) ?? []) : [];
    if (id) found.set(id, at + 1);
  }
  return found;
}
