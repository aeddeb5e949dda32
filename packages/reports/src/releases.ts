import { type Block, blockText } from '@soundbite/model/flow/block.ts';
import { count, instant, type Paint, plain, printable, short, table } from './text.ts';

interface ReleaseFacts {
  readonly release: string;
  readonly commit: string;
  readonly committedAt: string;
  readonly dirty: boolean;
  readonly environments: readonly string[];
  readonly here: boolean;
  readonly shared: boolean | null;
  /** Not cut: it is what stood in this environment, and for it alone. */
  readonly adopted?: string | undefined;
  /** It goes nowhere further. */
  readonly blocked?: Block | null | undefined;
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** The store that homes share. */
interface SharedStore {
  readonly address: string;
  readonly problem: Problem | null;
}

/** A release in the store that homes share. */
interface SharedCopy extends SharedStore {
  readonly holds: boolean | null;
}

const commitText = (commit: string, dirty: boolean) => `${commit.slice(0, 7)}${dirty ? ' + changes' : ''}`;

/** An input that differs from the commit. */
interface Uncommitted {
  readonly path: string;
  readonly change: string;
}

const changeText = ({ path, change }: Uncommitted) =>
  `${change.padEnd(8)} ${/\p{Cc}/u.test(path) ? JSON.stringify(path) : path}`;

/** Releases, newest cut first, as `release list` shows them; with where each is kept when homes share a store. */
export function releasesReport(
  { releases, shared }: { readonly releases: readonly ReleaseFacts[]; readonly shared: SharedStore | null },
  paint: Paint = plain,
): string {
  const problem = shared?.problem ? [`${shared.problem.message}\n    → ${shared.problem.hint}`] : [];
  if (releases.length === 0) return ['no release has been cut yet: soundbite release cut', ...problem].join('\n');
  const anyBlocked = releases.some(({ blocked }) => blocked);
  const rows = releases.map((one) => [
    short(one.release),
    one.adopted === undefined ? commitText(one.commit, one.dirty) : `adopted in ${one.adopted}`,
    instant(one.committedAt),
    ...(shared ? [keptIn(one)] : []),
    one.environments.join(', ') || '-',
    ...(anyBlocked ? [one.blocked ? { text: `by ${one.blocked.by}`, tone: 'bad' as const } : '-'] : []),
  ]);
  const head = [
    'release',
    'commit',
    'committed at',
    ...(shared ? ['kept'] : []),
    'live in',
    ...(anyBlocked ? ['blocked'] : []),
  ];
  return [table(head, rows, paint), ...problem].join('\n');
}

/** Where a release is kept: `here`, `shared`, or both. */
const keptIn = ({ here, shared }: ReleaseFacts): string =>
  [...(here ? ['here'] : []), ...(shared ? ['shared'] : []), ...(shared === null ? ['?'] : [])].join(', ');

/** Whether the store that homes share has a release; nothing where they share none. */
function copyLines(release: string, copy: SharedCopy | null): string[] {
  if (copy === null) return [];
  const [state, hint] = copy.problem
    ? [`${copy.holds === null ? 'not known' : 'no'}: ${copy.problem.message}`, copy.problem.hint]
    : ['no', `soundbite release push ${short(release)}`];
  return copy.holds ? [copy.address] : [state, `    → ${hint}`];
}

interface ShownProgram {
  readonly command: readonly string[];
  readonly seconds: number;
}

interface ShownRelease {
  readonly release: string;
  readonly path: string | null;
  readonly shared: SharedCopy | null;
  readonly manifest: {
    /** Releases of the first format know neither a name nor a smoke. */
    readonly service?: { readonly name?: string | undefined } | undefined;
    readonly smoke?: ShownProgram | null | undefined;
    readonly tests?: ShownProgram | undefined;
    readonly migration?: ShownProgram | undefined;
    readonly compatibility?: ShownProgram | undefined;
    readonly environments: readonly string[];
    readonly files: readonly { readonly bytes: number }[];
  };
  readonly provenance: {
    readonly commit: string;
    readonly committedAt: string;
    readonly dirty: boolean;
    readonly uncommitted?: readonly Uncommitted[] | undefined;
    readonly inputs: string;
    readonly tools: Readonly<Record<string, string>>;
    readonly adopted?: { readonly account: string; readonly stacks: readonly string[] } | undefined;
  };
  readonly live: readonly string[];
  readonly blocked?: Block | null | undefined;
  readonly cuts?: readonly ShownCut[] | undefined;
}

/** Where a release was cut. */
interface ShownCut {
  readonly at: string;
  readonly by: string;
  readonly ci: {
    readonly system: string;
    readonly run: string;
    readonly url: string | null;
    readonly branch: string | null;
    readonly pullRequest: string | null;
    readonly actor: string | null;
  } | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** The cuts of a release, newest first; beside the run of the CI its labels. */
function cutLines(cuts: readonly ShownCut[]): [string, string][] {
  return cuts.map(({ at, by, ci, labels }, index) => {
    const run = ci && [
      `${ci.system} run ${ci.run}`,
      ...(ci.pullRequest === null ? [] : [`pull request ${ci.pullRequest}`]),
      ...(ci.branch === null ? [] : [`branch ${ci.branch}`]),
      ...(ci.actor === null ? [] : [`started by ${ci.actor}`]),
      ...(ci.url === null ? [] : [ci.url]),
    ];
    const said = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return [index === 0 ? 'cut' : '', printable([`${instant(at)} by ${by}`, ...(run ?? []), ...said].join(', '))];
  });
}

function serviceLines(manifest: ShownRelease['manifest']): [string, string][] {
  const { service, smoke } = manifest;
  if (service?.name === undefined) return [];
  return [
    ['service', service.name],
    ['smoke', smoke ? programText(smoke) : 'none'],
    ...(['tests', 'migration', 'compatibility'] as const).flatMap((kind): [string, string][] =>
      manifest[kind] ? [[kind, programText(manifest[kind])]] : [],
    ),
  ];
}

/** What says that a release was not cut, and where alone it can be. */
function adoptedLines({ manifest, provenance: { adopted } }: ShownRelease): [string, string][] {
  if (!adopted) return [];
  const from = `${adopted.stacks.join(', ')} in account ${adopted.account}`;
  return [['adopted', `from ${from}; can be in ${manifest.environments.join(', ')} alone`]];
}

const programText = ({ command, seconds }: ShownProgram) => `${command.join(' ')}, at most ${seconds} s`;

/** One release, as `release show` shows it. */
export function releaseReport(view: ShownRelease): string {
  const { manifest, provenance } = view;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const facts: [string, string][] = [
    ['release', view.release],
    ...adoptedLines(view),
    ['path', view.path ?? 'not in this home; a promotion fetches it'],
    ...copyLines(view.release, view.shared).map((line, index): [string, string] => [index === 0 ? 'shared' : '', line]),
    ['commit', `${provenance.commit}${provenance.dirty ? ' + changes' : ''}, ${instant(provenance.committedAt)}`],
    ...(provenance.uncommitted ?? []).map((one): [string, string] => ['', changeText(one)]),
    ...cutLines(view.cuts ?? []),
    ...serviceLines(manifest),
    ['inputs', provenance.inputs],
    [
      'holds',
      `${count(manifest.files.length, 'file')}, ${(bytes / 1e6).toFixed(1)} MB, for ${manifest.environments.join(', ')}`,
    ],
    [
      'tools',
      Object.entries(provenance.tools)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['live in', view.live.join(', ') || '-'],
    ...(view.blocked ? [['blocked', printable(blockText(view.blocked))] as [string, string]] : []),
  ];
  return facts.map(([name, value]) => `${name.padEnd(8)} ${value}`).join('\n');
}

/** The answer of `release cut`. */
export function cutReport(cut: {
  readonly release: string;
  readonly path: string;
  readonly commit: string;
  readonly dirty: boolean;
  readonly uncommitted: readonly Uncommitted[];
  readonly created: boolean;
  readonly shared: SharedCopy | null;
}): string {
  const what = cut.created ? 'cut' : 'unchanged inputs; already there:';
  const from = `from ${commitText(cut.commit, cut.dirty)}, in ${cut.path}`;
  return [
    `${what} ${cut.release}`,
    from,
    ...cut.uncommitted.map((one) => `  ${changeText(one)}`),
    ...copyLines(cut.release, cut.shared).map((line, index) => (index === 0 ? `shared: ${line}` : line)),
  ].join('\n');
}

/** The answer of `release push`. */
export function pushedReport({
  release,
  address,
  put,
}: {
  readonly release: string;
  readonly address: string;
  readonly put: number;
}): string {
  return put === 0 ? `${release} was in ${address} already` : `${release} is in ${address}: ${count(put, 'file')} put`;
}

/** The answer of `release remove`. A copy in the store that homes share stays, and is fetched again when it is asked for. */
export function removedReport({
  release,
  shared,
}: {
  readonly release: string;
  readonly shared: SharedCopy | null;
}): string {
  const removed = `${release} is removed from this home`;
  if (shared?.problem) return `${removed}; it is unknown whether ${shared.address} holds it: ${shared.problem.message}`;
  return shared?.holds ? `${removed}; it stays in ${shared.address}` : removed;
}
