import { type ExecFileOptions, execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Python keeps what it has compiled, whatever this shell says: its start is half of most of these runs. */
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '' };
const execute = promisify(execFile);
const run = (file: string, args: readonly string[], options: ExecFileOptions = {}) =>
  execute(file, args, { env, ...options, encoding: 'utf8' });
const root = fileURLToPath(new URL('../..', import.meta.url));
const tools = join(root, 'tools/contracts');

/** A server that is to keep its contract. */
export interface ContractServer {
  readonly url: string;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The directory of the locked Python tools; installs them when they are not there. */
async function pythonTools(): Promise<string> {
  const { stdout } = await run(join(tools, 'set-up.sh'), [], { timeout: 600_000 });
  return stdout.trim();
}

/** What hadolint, by all of its rules, finds in a Dockerfile: `rule: message`. */
export async function dockerfileFindings(text: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-dockerfile-'));
  try {
    const file = join(directory, 'Dockerfile');
    await writeFile(file, text);
    const { stdout } = await run(join(await pythonTools(), 'hadolint'), [
      ...['--no-fail', '--no-color', '--format', 'json', '--config', '/dev/null', file],
    ]);
    const found = JSON.parse(stdout) as readonly { readonly code: string; readonly message: string }[];
    return found.map(({ code, message }) => `${code}: ${message}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** SOUNDBITE_FUZZ_EXAMPLES makes the runs long (`npm run fuzz`): examples for each operation, beside those that cover the edges of its schemas. */
const wished = process.env.SOUNDBITE_FUZZ_EXAMPLES;
const examples = wished ?? '1';
export const isLong = wished !== undefined;

/** How long (ms) a test that fuzzes may take. */
export const fuzzPatience = wished === undefined ? 300_000 : 3_600_000;

interface Fuzzing {
  /** A file of tools/contracts with what is not to be fuzzed, and why. */
  readonly config: string;
}

/**
 * Fuzzes a server by its own OpenAPI document. Every check of schemathesis but one: byte limits and rules of meaning are not JSON Schema, so valid data may be
 * refused. Gives its report; rejects with it when something was found, or nothing was tried.
 */
export async function fuzz({ url, headers = {} }: ContractServer, { config }: Fuzzing): Promise<string> {
  const bin = await pythonTools();
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-fuzz-'));
  const args = [
    '--config-file',
    join(tools, config),
    'run',
    `${url}/openapi.json`,
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...['--exclude-checks', 'positive_data_acceptance', '--phases', 'coverage,fuzzing'],
    // One worker: Python 3.11 parses source text wrongly in two threads at once, and hypothesis does.
    ...['--max-examples', examples, '--workers', '1', '--request-timeout', '60'],
    ...['--suppress-health-check', 'all', '--generation-database', 'none', '--no-color'],
  ];
  try {
    const { stdout } = await run(join(bin, 'st'), args, { cwd: directory, timeout: fuzzPatience, maxBuffer: 2 ** 26 });
    if (!/\d+ generated, \d+ passed/.test(stdout)) throw new Error(`the fuzzer tried nothing:\n${stdout}`);
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${stdout}\n${stderr}\n${(error as Error).message.slice(0, 500)}`);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/**
 * A TypeScript client made from the server's document, compiled in strict mode and imported: its functions by operationId, and its `defaults`.
 */
export async function typeScriptClient({ url, headers = {} }: ContractServer): Promise<GeneratedClient> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-client-'));
  try {
    const document = join(directory, 'openapi.json');
    await writeFile(document, await (await fetch(`${url}/openapi.json`)).text());
    await run(join(root, 'node_modules/.bin/oazapfts'), [document, join(directory, 'client.ts')]);
    const options = { strict: true, module: 'nodenext', target: 'es2024', types: [], skipLibCheck: true };
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    await mkdir(join(directory, 'node_modules/@oazapfts'), { recursive: true });
    await symlink(join(root, 'node_modules/@oazapfts/runtime'), join(directory, 'node_modules/@oazapfts/runtime'));
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['client.ts'] }),
    );
    await run(join(root, 'node_modules/.bin/tsc'), ['-p', directory]);
    const client = (await import(join(directory, 'client.js'))) as GeneratedClient;
    Object.assign(client.defaults, { baseUrl: url, headers });
    return client;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What is called here of a generated client: each function answers with status, headers and data. */
export interface GeneratedClient {
  readonly defaults: object;
  readonly [operation: string]: unknown;
}

/** Makes a Python client from the server's document and runs a program with it. Gives what the program prints. */
export async function pythonClient({ url }: ContractServer, program: string, args: readonly string[]): Promise<string> {
  const bin = await pythonTools();
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-client-'));
  try {
    const document = join(directory, 'openapi.json');
    await writeFile(document, await (await fetch(`${url}/openapi.json`)).text());
    const made = join(directory, 'made');
    const generate = [
      'generate',
      '--path',
      document,
      '--config',
      join(tools, 'python-client.yaml'),
      '--output-path',
      made,
      '--fail-on-warning',
    ];
    await run(join(bin, 'openapi-python-client'), generate, { cwd: directory });
    await cp(join(tools, program), join(made, program));
    const { stdout } = await run(join(bin, 'python'), [join(made, program), url, ...args], { cwd: made });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    throw new Error(`${message.slice(0, 300)}\n${stdout}\n${stderr}`);
  } finally {
    await rm(directory, { recursive: true });
  }
}
