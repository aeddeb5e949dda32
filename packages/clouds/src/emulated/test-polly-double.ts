import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PollyClient, SynthesizeSpeechCommand, type SynthesizeSpeechCommandInput } from '@aws-sdk/client-polly';

/** A Polly double of a test's own, and the real SDK's client of it. */
export interface TestPollyDouble {
  readonly pid: number;
  readonly endpoint: string;
  readonly polly: PollyClient;
  ask(input: Partial<SynthesizeSpeechCommandInput>, abortSignal?: AbortSignal): Promise<Buffer>;
  /** Ends it in order; gives its exit code and signal. */
  stop(): Promise<unknown>;
}

/** Starts a double whose voices end after half a second without a task. */
export async function startTestPollyDouble(): Promise<TestPollyDouble> {
  const main = fileURLToPath(new URL('./polly-double-main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    env: { PORT: '0', POLLY_DOUBLE_IDLE_MS: '500' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const endpoint = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const polly = new PollyClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  return {
    pid: child.pid ?? 0,
    endpoint,
    polly,
    async ask(input, abortSignal) {
      const command = new SynthesizeSpeechCommand({ Text: '', OutputFormat: 'pcm', VoiceId: 'Joanna', ...input });
      const { AudioStream } = await polly.send(command, { ...(abortSignal && { abortSignal }) });
      return Buffer.from((await AudioStream?.transformToByteArray()) ?? []);
    },
    async stop() {
      const ended = once(child, 'exit');
      polly.destroy();
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** The processes that a process has started and that still live. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}
