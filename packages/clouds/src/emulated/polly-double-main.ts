import { startPollyDouble } from './polly-double.ts';
import { createSpeaker } from './polly-double-speaker.ts';

/** `PORT` (0 or nothing: any); prints one line, `{"port":<port>}`, once it listens. SIGTERM ends it after what is in flight. */
const double = await startPollyDouble(
  Number(process.env.PORT ?? 0),
  createSpeaker(Number(process.env.POLLY_DOUBLE_IDLE_MS ?? 15_000)),
);
console.log(JSON.stringify({ port: double.port }));
process.once('SIGTERM', () => void double.close());
process.once('SIGINT', () => void double.close());
