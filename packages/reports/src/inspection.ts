import type {
  InspectedFunction,
  InspectedProblem,
  InspectedTrigger,
  Inspection,
  Where,
} from '@soundbite/model/inspect/inspection.ts';
import { triggerKinds } from '@soundbite/model/inspect/trigger-kinds.ts';
import { count, type Paint, plain, printable, type Tone } from './text.ts';

/** What SoundBite finds in a cloud assembly: stacks, then each function with what calls it, then what prevents the delivery of the whole. */
export function inspectionReport(inspection: Inspection, paint: Paint = plain): string {
  const { stacks, functions, helpers, replaced, problems } = inspection;
  return [
    stacks.map(stackText).join('\n'),
    ...functions.map((one) => functionText(one, paint)),
    section(
      'called by CloudFormation while it deploys, not promoted',
      helpers.map(({ path }) => path),
    ),
    section(
      'replaced by a deployment',
      replaced.map(({ stack, id, reason }) => `${stack} ${id}: ${reason}`),
    ),
    problems.length > 0
      ? `${paint('bad', 'prevents the delivery of the app')}\n${problems.map((one) => problemText(one, paint)).join('\n')}`
      : '',
    summary(inspection, paint),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const stackText = ({ name, file, account, region, resources }: Inspection['stacks'][number]): string => {
  const place = account || region ? `, for ${account ?? 'any account'} in ${region ?? 'any region'}` : '';
  return printable(`${name}: ${count(resources, 'resource')}, ${file}${place}`);
};

function functionText(one: InspectedFunction, paint: Paint): string {
  const mark = one.promotable ? paint('good', '✓') : paint('bad', '✗');
  const made = [one.runtime, one.package, whereText(one.where)].filter((part) => part).join(', ');
  return [
    `${mark} ${paint('strong', printable(one.path))} ${paint('dim', made)}`,
    ...one.triggers.map((trigger) => `    ${triggerText(trigger, paint)}`),
    ...one.prevents.map((why) => `    ${paint('bad', 'prevents:')} ${printable(why)}`),
    ...one.notes.map((note) => `    ${paint('warn', 'note:')} ${printable(note)}`),
  ].join('\n');
}

const tones: Readonly<Record<InspectedTrigger['verdict'], Tone>> = { moves: 'good', stays: 'warn', refused: 'bad' };

function triggerText({ kind, path, verdict, reason, where }: InspectedTrigger, paint: Paint): string {
  const name = `${triggerKinds[kind].name} ${path}`;
  const line = `${paint(tones[verdict], verdict.padEnd(8))}${printable(name)} ${paint('dim', whereText(where))}`;
  return verdict === 'moves' ? line : `${line}\n            ${paint('dim', printable(reason))}`;
}

/** Where people look first: the source, else the template. */
const whereText = ({ file, line, source }: Where): string => source ?? (line === null ? file : `${file}:${line}`);

const problemText = ({ message, hint, where }: InspectedProblem, paint: Paint): string =>
  [
    `  ${printable(message)}${where ? ` ${paint('dim', `(${whereText(where)})`)}` : ''}`,
    paint('dim', `    → ${hint}`),
  ].join('\n');

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${printable(line)}`)].join('\n');

function summary({ functions, problems }: Inspection, paint: Paint): string {
  const good = functions.filter(({ promotable }) => promotable).length;
  const whole = problems.length > 0 ? `; ${count(problems.length, 'problem')} of the whole app` : '';
  const text = `${good} of ${count(functions.length, 'function')} can be promoted${whole}`;
  return paint(good === functions.length && problems.length === 0 ? 'good' : 'bad', text);
}
