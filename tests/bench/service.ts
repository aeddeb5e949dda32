import autocannon from 'autocannon';
import { assetPath } from '../../apps/service/src/assets.ts';
import { loadFlite, wavPath } from '../../apps/service/src/engines/flite-wasm.ts';
import { speak } from '../support/sound.ts';
import { type BenchStage, percentile, rounded, timed } from './stage.ts';

/** A text of 100 characters that nobody has said before. */
export function freshText(): string {
  const start = `Number ${Math.random().toString(10).slice(2)} is a text that was never spoken before by anybody, `;
  return start.padEnd(99, 'and so on ').slice(0, 99).concat('.');
}

/** POST to ready for 100 characters, in both runtimes, warm. */
export async function speechBench(stage: BenchStage, times = 20) {
  const figures: Record<string, number> = {};
  for (const [runtime, environment] of [
    ['process', 'dev-localstack'],
    ['aws', 'production'],
  ] as const) {
    const url = await stage.url(environment);
    await speak(url, freshText());
    const ms: number[] = [];
    for (let round = 0; round < times; round++) ms.push((await speak(url, freshText())).ms);
    figures[`${runtime}P95Seconds`] = rounded(percentile(ms, 0.95) / 1000);
  }
  return { bench: 'speech', times, ...figures, must: { processP95Seconds: 1.5, awsP95Seconds: 1.5 } };
}

/** Texts through API, queue and worker process, against bare Flite calls for as many texts in one thread. All are posted first, then spoken, so that the API's limit plays no part. */
export async function throughput(stage: BenchStage, texts = 60) {
  const url = await stage.url('dev-localstack');
  const batch = () => Array.from({ length: texts }, freshText);
  const bare = await bareFlite(batch());
  const through = await timed(() => spoken(url, batch()));
  return {
    bench: 'throughput',
    texts,
    bareSeconds: rounded(bare),
    serviceSeconds: rounded(through.seconds),
    share: rounded(bare / through.seconds),
    must: { share: 0.9 },
  };
}

/** Posts the texts and waits until none of them is unfinished; asks seldom enough not to be limited. */
async function spoken(url: string, texts: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const open = new Set<string>();
  for (const text of texts) {
    const answer = await fetch(`${url}/soundbites`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ text, format: 'wav' }),
    });
    if (answer.status !== 202) throw new Error(`POST answered ${answer.status}`);
    open.add(((await answer.json()) as { id: string }).id);
  }
  while (open.size > 0) {
    const [id] = open;
    const { status } = (await (await fetch(`${url}/soundbites/${id}`)).json()) as { status: string };
    if (status === 'failed') throw new Error(`${id} failed`);
    if (status === 'ready') open.delete(id ?? '');
    else await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Seconds of bare synthesis, one after the other in one thread, as a worker without a queue would do. */
async function bareFlite(texts: readonly string[]): Promise<number> {
  const program = await loadFlite(assetPath('flite.wasm.gz'), wavPath());
  const { seconds } = await timed(async () => {
    for (const text of texts) program.run(text, 'slt', 1);
  });
  return seconds;
}

/** 50 requests a second of reads and of a text made already, in the process runtime. */
export async function apiBench(stage: BenchStage, seconds = 20) {
  const url = await stage.url('dev-localstack');
  const text = freshText();
  const { id } = await speak(url, text);
  const run = await autocannon({
    url,
    duration: seconds,
    connections: 5,
    overallRate: 50,
    requests: [
      { method: 'GET', path: `/soundbites/${id}` },
      {
        method: 'POST',
        path: '/soundbites',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text, format: 'wav' }),
      },
      { method: 'GET', path: '/voices' },
    ],
  });
  return {
    bench: 'api',
    requestsPerSecond: rounded(run.requests.average),
    p50Ms: run.latency.p50,
    p95Ms: rounded((run.latency.p90 + run.latency.p97_5) / 2),
    p97Ms: run.latency.p97_5,
    non2xx: run.non2xx,
    errors: run.errors,
    must: { p95Ms: 50, non2xx: 0 },
  };
}
