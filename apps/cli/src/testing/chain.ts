import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { a, b } from '@soundbite/reports/testing.ts';
import { type CliResult, type CliStage, setStage } from './stage.ts';

export { a, b };

/** A stage whose chain has `a` everywhere but in production, which has `b`. */
export function setChain(): Promise<CliStage> {
  const world = makeWorld({ 'dev-localstack': a, 'dev-aws': a, 'dev-aws-deployed': a, staging: a, production: b });
  world.addRelease(b);
  world.addRelease(a);
  return setStage(world);
}

/** The one document on standard output. */
export const json = ({ stdout }: CliResult) => JSON.parse(stdout);

/** Times differ from run to run. */
export const timeless = (text: string) => text.replace(/\d+\.\d s/g, 'N s');
