import { count, instant, type Paint, plain, short, table } from './text.ts';

interface ReleaseFacts {
  readonly release: string;
  readonly commit: string;
  readonly committedAt: string;
  readonly dirty: boolean;
  readonly environments: readonly string[];
}

const commitText = (commit: string, dirty: boolean) => `${commit.slice(0, 7)}${dirty ? ' + changes' : ''}`;

/** An input that differs from the commit. */
interface Uncommitted {
  readonly path: string;
  readonly change: string;
}

const changeText = ({ path, change }: Uncommitted) =>
  `${change.padEnd(8)} ${/\p{Cc}/u.test(path) ? JSON.stringify(path) : path}`;

/** Releases, newest cut first, as `release list` shows them. */
export function releasesReport(releases: readonly ReleaseFacts[], paint: Paint = plain): string {
  if (releases.length === 0) return 'no release was cut yet: soundbite release cut';
  const rows = releases.map(({ release, commit, committedAt, dirty, environments }) => [
    short(release),
    commitText(commit, dirty),
    instant(committedAt),
    environments.join(', ') || '-',
  ]);
  return table(['release', 'commit', 'committed at', 'live in'], rows, paint);
}

/** One release, as `release show` shows it. */
export function releaseReport(view: {
  readonly release: string;
  readonly path: string;
  readonly manifest: {
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
  };
  readonly live: readonly string[];
}): string {
  const { manifest, provenance } = view;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const facts: [string, string][] = [
    ['release', view.release],
    ['path', view.path],
    ['commit', `${provenance.commit}${provenance.dirty ? ' + changes' : ''}, ${instant(provenance.committedAt)}`],
    ...(provenance.uncommitted ?? []).map((one): [string, string] => ['', changeText(one)]),
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
}): string {
  const what = cut.created ? 'cut' : 'unchanged inputs; already there:';
  const from = `from ${commitText(cut.commit, cut.dirty)}, in ${cut.path}`;
  return [`${what} ${cut.release}`, from, ...cut.uncommitted.map((one) => `  ${changeText(one)}`)].join('\n');
}
