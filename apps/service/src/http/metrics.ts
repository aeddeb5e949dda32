import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof openMetrics>;

/** How often the lag of the event loop is sampled. Every 10 ms, as the library has it, was half of the work of a process at rest. */
const LAG_SAMPLES_EVERY_MS = 500;

/** Prometheus metrics of one process. On Lambda they are one instance's; CloudWatch has the whole there. */
export function openMetrics(labels: { part: string; environment: string; release: string }, withProcess: boolean) {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  if (withProcess) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_SAMPLES_EVERY_MS });
  const registers = [registry];
  const requests = new Histogram({
    name: 'soundbite_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const accepted = new Counter({
    name: 'soundbite_accepted_total',
    help: 'Soundbites accepted, by what they became at once',
    labelNames: ['status'],
    registers,
  });
  const waiting = new Gauge({
    name: 'soundbite_queue_messages',
    help: 'Messages in the queue when readiness was last asked for (approximate)',
    labelNames: ['state'],
    registers,
  });
  const jobs = new Histogram({
    name: 'soundbite_job_seconds',
    help: 'Time with one message of the queue, by what became of it: done, or given back for another attempt or the dead letters',
    labelNames: ['outcome'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return { registry, requests, accepted, waiting, jobs };
}
