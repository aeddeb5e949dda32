import { randomUUID } from 'node:crypto';
import { receivedError } from '@soundbite/model/errors.ts';
import type * as schemas from '../schemas.ts';

/** The demo of the fake: it is shown when a test says so (`tell`, `end`). */
export function fakeDemo() {
  let run: schemas.DemoRun | null = null;
  let key: string | undefined;
  const fake = {
    /** Why there is none here. */
    refusal: null as schemas.DemoView['refusal'],
    view: (): schemas.DemoView => ({ refusal: fake.refusal, run }),
    start({ idempotencyKey }: schemas.DemoRequest, by: string): schemas.DemoView {
      const isThis = run !== null && (run.ended === null || (key !== undefined && key === idempotencyKey));
      if (!isThis) {
        if (fake.refusal) throw receivedError(fake.refusal);
        key = idempotencyKey;
        const began = new Date().toISOString();
        run = { id: randomUUID(), by, began, ended: null, state: 'runs', lines: [], counted: null, problem: null };
      }
      return fake.view();
    },
    stop(): schemas.DemoView {
      if (run?.state === 'runs') run = { ...run, state: 'stops' };
      return fake.view();
    },
    tell(kind: schemas.DemoLine['kind'], text: string, promotion: string | null = null): void {
      if (run) run = { ...run, lines: [...run.lines, { kind, text, promotion }] };
    },
    /** Its client has met this so far. */
    count(counted: string | null): void {
      if (run) run = { ...run, counted };
    },
    end(state: 'over' | 'stopped' | 'failed', problem: schemas.DemoRun['problem'] = null): void {
      if (run) run = { ...run, state, problem, counted: null, ended: new Date().toISOString() };
    },
  };
  return fake;
}
