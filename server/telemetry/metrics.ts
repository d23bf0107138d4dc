import cluster from 'node:cluster';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Histogram, register } from 'prom-client';

/** What this process counts. Law 7: labels are names of transactions and statuses, never of people. */
export class Metrics {
  readonly requests = new Histogram({
    name: 'isocenter_http_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'status'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [register],
  });
  readonly instancesStored = new Counter({
    name: 'isocenter_instances_stored_total',
    help: 'Instances that were sent to be stored, and what became of them',
    labelNames: ['outcome'] as const,
    registers: [register],
  });

  constructor() {
    collectDefaultMetrics({ register });
    // The library's side of a worker: it answers when the primary gathers.
    if (cluster.isWorker) new AggregatorRegistry();
  }

  /** All processes' metrics in Prometheus' text format. */
  text(): Promise<string> {
    return cluster.isWorker ? askPrimary() : register.metrics();
  }
}

const QUESTION = 'isocenter:metrics';
const ANSWER_WITHIN_MS = 10_000;
let lastNumber = 0;

interface Message {
  type: string;
  number: number;
  text?: string;
}

function isOurs(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === QUESTION;
}

/** Prometheus asks whichever worker it happens to meet; only the primary can ask them all. */
function askPrimary(): Promise<string> {
  lastNumber += 1;
  const number = lastNumber;
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      if (!isOurs(message) || message.number !== number) return;
      process.off('message', onMessage);
      clearTimeout(timer);
      if (message.text === undefined) reject(new Error('the primary could not gather the metrics'));
      else resolve(message.text);
    };
    const timer = setTimeout(() => {
      process.off('message', onMessage);
      reject(new Error('the primary did not answer for the metrics'));
    }, ANSWER_WITHIN_MS);
    process.on('message', onMessage);
    process.send?.({ type: QUESTION, number });
  });
}

/** To be called in the primary: answers the workers' questions. */
export function answerMetricsQuestions(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', (worker, message: unknown) => {
    if (!isOurs(message)) return;
    const answer = (text?: string) => worker.send({ type: QUESTION, number: message.number, text });
    aggregator.clusterMetrics().then(answer, () => answer());
  });
}
