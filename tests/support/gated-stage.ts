import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, ControlPlaneAddress, connect, type PromotionView } from '@soundbite/client';
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
  /** The control plane’s API, where it is not the command line that a test is about. */
  readonly client: Client;
  /** One that was left, as it waits now. */
  looked(promotion: string): Promise<PromotionView>;
  /** What it waits for: the names of gates, freezes and holds. */
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
  const client = connect(async () =>
    ControlPlaneAddress.parse(JSON.parse(await readFile(join(stage.home, 'control-plane.json'), 'utf8'))),
  );
  /** What it waits for is known only after its first admission. The control plane may be starting again. */
  const looked = (promotion: string) =>
    vi.waitFor(
      async () => {
        const view = await client.promotion(promotion);
        expect(view.state === 'waiting' && view.waitingFor.length > 0, JSON.stringify(view)).toBe(true);
        return view;
      },
      { timeout: 60_000, interval: 100 },
    );
  return {
    ...stage,
    client,
    looked,
    waiting: async (environment, ...args) =>
      looked((await stage.soundbite<PromotionView>(0, 'promote', environment, '--no-wait', ...args)).promotion),
    waitsFor: async (promotion) => (await looked(promotion)).waitingFor.map(({ gate }) => gate),
    end: (promotion, exit = 0) => stage.soundbite<PromotionView>(exit, 'promote', '--attach', promotion),
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
