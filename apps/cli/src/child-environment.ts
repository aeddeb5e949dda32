import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { isPackaged } from '@soundbite/model/programs.ts';
import { emulatorPython } from './emulator-python.ts';
import { runtimeOfHome } from './home-runtime.ts';
import type { Shell } from './shell.ts';

const systemPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Variables of this shell for reaching real accounts, a container engine, a team's database and its releases, and `dev`'s longest silence. */
const passedOn = [
  ...['DATABASE_URL', 'DOCKER_HOST', 'NODE_EXTRA_CA_CERTS'],
  ...[
    'SOUNDBITE_ACCOUNTS_HOST',
    'SOUNDBITE_BASE_IMAGE',
    'SOUNDBITE_DEV_SILENCE',
    'SOUNDBITE_REACH',
    'SOUNDBITE_RELEASE_STORE',
    'SOUNDBITE_SHOWN_ADDRESS',
  ],
];
const passedOnPrefixes = ['SOUNDBITE_CLOUD_', 'AWS_'];
/** Where npm finds archives and how it reaches a registry: a cut verifies its bundle with them. No token: npm reads one from ~/.npmrc. */
const ofRegistries =
  /^(npm_config_(cache|registry|(https?_)?proxy|noproxy|cafile|strict_ssl|userconfig)|(https?|no)_proxy)$/i;

/**
 * The whole environment of the host and the control plane. It depends on the machine and on what this shell says about clouds, database and registries, not
 * on the shell's other moods: an equal environment means that `up` has nothing to replace.
 */
export function childEnvironment(shell: Shell): Record<string, string> {
  const { host, root, installation, home } = shell;
  const said = Object.entries(host.env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && isPassedOn(name) && !isNpmsOwn(name, value, host.env.HOME) ? [[name, value]] : [],
  );
  return {
    PATH: [...programsOf(shell), ...gitElsewhere(host.env.PATH), ...systemPath].join(delimiter),
    HOME: host.env.HOME || homedir(),
    LANG: 'C.UTF-8',
    NODE_COMPILE_CACHE: join(home, 'compiled'),
    // Bundles of 15 MB come and go: without a fixed threshold the allocator begins to keep freed memory.
    MALLOC_MMAP_THRESHOLD_: '1048576',
    MALLOC_ARENA_MAX: '2',
    ...Object.fromEntries(said),
    SOUNDBITE_HOME: home,
    SOUNDBITE_ROOT: root,
    SOUNDBITE_INSTALLATION: installation,
    SOUNDBITE_PYTHON: emulatorPython(shell),
    ...(runtimeOfHome(home) ? { SOUNDBITE_RUNTIME: 'compose' } : {}),
  };
}

/** Where npm put what packages bring as programs, and this Node with its npm: the npm package brings none. */
const programsOf = ({ root, installation }: Shell): readonly string[] =>
  isPackaged
    ? [join(root, 'node_modules/.bin'), join(installation, '../.bin'), dirname(process.execPath)]
    : [join(installation, 'node_modules/.bin')];

/** git is the one program that is taken from the user's own PATH, should the system have none. */
function gitElsewhere(path = ''): string[] {
  const has = (directory: string) => existsSync(join(directory, 'git'));
  if (systemPath.some(has)) return [];
  return path.split(delimiter).filter(has).slice(0, 1);
}

/** `npx` tells what it runs where npm's own files are, also where nobody wanted them elsewhere: it would be another environment than without it. */
const isNpmsOwn = (name: string, value: string, home = homedir()) =>
  /^npm_config_(cache|userconfig|noproxy)$/.test(name) &&
  ['', join(home, '.npm'), join(home, '.npmrc')].includes(value);

const isPassedOn = (name: string) =>
  passedOn.includes(name) || passedOnPrefixes.some((prefix) => name.startsWith(prefix)) || ofRegistries.test(name);
