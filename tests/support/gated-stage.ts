import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PromotionView } from '@soundbite/client';
import { expect, vi } from 'vitest';
import { type ServiceStage, serviceStage } from './service-stage.ts';

/** An environment whose gates a test is about; all lie in one emulated account, which starts sooner than several. */
export interface Gated {
  readonly name: string;
  /** As they stand behind `gates:`. */
  readonly gates: string;
  /** Further keys, as lines of YAML. */
  readonly more?: readonly string[];
}

/** A small service whose environments wait for what a test says. */
export interface GatedStage extends ServiceStage {
  /** Asks for a promotion, and leaves it when it waits; extra arguments go to `promote`. */
  waiting(environment: string, ...args: string[]): Promise<PromotionView>;
  /** What one that was left waits for now: the names of gates, freezes and holds. */
  waitsFor(promotion: string): Promise<readonly string[]>;
  /** Its end, which is success (exit 0) or not (1). */
  end(promotion: string, exit?: number): Promise<PromotionView>;
}

/** The greeter in these environments, with nothing brought up yet. */
export async function gatedStage(environments: readonly Gated[]): Promise<GatedStage> {
  const stage = await serviceStage('greeter');
  await writeFile(
    join(stage.service.directory, 'environments.yaml'),
    `version: 1\nenvironments:\n${environments.map(linesOf).join('')}`,
  );
  await stage.service.commit('Gates');
  const attached = (promotion: string, exit: number, ...args: string[]) =>
    stage.soundbite<PromotionView>(exit, 'promote', '--attach', promotion, ...args);
  /** What it waits for is known only after its first admission. */
  const known = (promotion: string) =>
    vi.waitFor(
      async () => {
        const view = await attached(promotion, 0, '--wait-at-most', '1s');
        expect(view.state === 'waiting' && view.waitingFor.length > 0, JSON.stringify(view)).toBe(true);
        return view;
      },
      { timeout: 30_000, interval: 100 },
    );
  return {
    ...stage,
    async waiting(environment, ...args) {
      const view = await stage.soundbite<PromotionView>(0, 'promote', environment, '--wait-at-most', '1s', ...args);
      return view.waitingFor.length > 0 ? view : known(view.promotion);
    },
    waitsFor: async (promotion) => (await known(promotion)).waitingFor.map(({ gate }) => gate),
    end: (promotion, exit = 0) => attached(promotion, exit),
  };
}

const linesOf = ({ name, gates, more = [] }: Gated): string =>
  [
    `  - name: ${name}`,
    '    cloud: { kind: emulated, account: "000000000001", region: eu-central-1 }',
    '    protected: false',
    `    gates: ${gates}`,
    ...more.map((line) => `    ${line}`),
    '',
  ].join('\n');
