import { flowCommands } from './catalogue-flow.ts';
import { peopleCommands } from './catalogue-people.ts';
import { label, releaseCommands } from './catalogue-releases.ts';
import type { CommandEntry } from './command-entry.ts';

const noWait = ['--no-wait', 'return at once, with state running'] as const;
const reason = ['--reason <text>', 'why; recorded'] as const;
const allowRemoval = ['--allow-removal <id>', 'a logical id that may be removed or replaced (repeatable)'] as const;
/** Commands that only read take any number of environments. */
const several =
  'Without a name: all environments. With --json, one named environment gives one document; several or all give {"environments": […]}, each in the same form.';
const detach =
  'Ctrl-C detaches (exit 130): the promotion continues, and with --through those after it. Attach again: soundbite promote --attach <promotion>; see it: soundbite status, soundbite history.';

/** Every command, in the order of the help. */
export const catalogue: readonly CommandEntry[] = [
  {
    name: 'up',
    args: '[environment...]',
    summary: 'start everything, cut a release if inputs changed, promote it through the emulated environments',
    more: 'With names it starts what these environments and those before them need, and promotes as far as the last one; everything else keeps running. If nothing changed, it changes nothing. It promotes only into emulated environments, and never again what was rolled back or refused.',
    options: [
      ['--no-promote', 'start everything and let unfinished promotions continue; cut and promote nothing new'],
      ['--without-records', 'continue although the records of this home are lost with their database; then: takeover'],
    ],
    examples: ['soundbite up', 'soundbite up {first}', 'soundbite up {middle}', 'soundbite up --no-promote'],
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'down',
    summary: 'stop everything that up started',
    options: [['--purge', 'also remove all state: releases, records, the emulated accounts and their data']],
    examples: ['soundbite down', 'soundbite down --purge'],
    load: () => import('./commands/down.ts'),
  },
  {
    name: 'demo',
    summary:
      'show on this machine what SoundBite is for: a release that is stopped, one that is brought back, a rollback',
    more: 'Happens for real in the last environment, while a client counts its requests; then all is put back as it was, also after Ctrl-C (exit 4). In emulated accounts only, in a repository with demo/demo.yaml, and while nothing else is under way. What runs not yet it brings up first, as up does. With --json each fact is a document on one line.',
    options: [
      ['--only <part>', 'one part of it: use, smoke, watch or rollback'],
      ['--clean', 'only put back what a demo left that was killed'],
    ],
    examples: ['soundbite demo', 'soundbite demo --only watch', 'soundbite demo --json', 'soundbite demo --clean'],
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'status',
    args: '[environment...]',
    summary: 'what runs where, and what is under way',
    more: 'A real account is read at most every 15 s, and only what has traffic: validate checks everything. --watch runs until Ctrl-C: a terminal is redrawn, a pipe gets the changed lines, and with --json each change is the document of `status --json` on one line.',
    options: [['-w, --watch', 'follow every change until Ctrl-C']],
    examples: [
      'soundbite status',
      'soundbite status {middle} {last}',
      'soundbite status --watch',
      'soundbite status --watch --json',
    ],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'dev',
    args: '[environment]',
    summary: 'run the service there from source and reload on change',
    more: "Holds the environment's lock until Ctrl-C; then the live release serves again. Without an environment it says what dev can do in each one, and what to use where it cannot run.",
    examples: ['soundbite dev', 'soundbite dev {process}'],
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'deploy',
    args: '[environment]',
    summary:
      'cut a release from the working tree and promote it into the first environment, or on through to the one named',
    more: `With an environment, --json prints the same as promote --through. ${detach}`,
    options: [noWait, reason],
    lists: [allowRemoval, label],
    examples: ['soundbite deploy', 'soundbite deploy {middle}', 'soundbite deploy --json'],
    load: () => import('./commands/deploy.ts'),
  },
  {
    name: 'plan',
    args: '[environment...]',
    summary: 'what a promotion would change there, or in all; changes nothing',
    more: several,
    options: [['--release <release>', 'this release instead of the live one of the environment before']],
    examples: [
      'soundbite plan {last}',
      'soundbite plan {middle} --release 0123456789ab',
      'soundbite plan {middle} {last}',
    ],
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'promote',
    args: '[environment]',
    summary: 'promote the release of the environment before into this one',
    more: detach,
    options: [
      ['--release <release>', 'this release (digest, or its first digits)'],
      ['--through <environment>', 'then continue, environment by environment, to this one'],
      [
        '--override',
        'promote although the release is not healthy in the environment before, and past the gates that your role overrides; needs --reason',
      ],
      [
        '--break-glass',
        'promote at once, past the order, the gates of entry (approval too), freezes, holds and taints; needs --reason, and is shown for a day',
      ],
      ['--fix-forward <reason>', 'enter although alarms ring there already: they may go on, others may not begin'],
      reason,
      noWait,
      ['--wait-at-most <time>', 'leave it after that time (10m) if it still waits to be let in: state waiting, exit 0'],
      ['--attach <promotion>', 'follow a promotion that is already running'],
    ],
    lists: [allowRemoval],
    examples: [
      'soundbite promote {middle}',
      './scripts/promote-environment.sh {middle}',
      'soundbite promote --through {last}',
      'soundbite promote {last} --release 0123456789ab --override --reason "hotfix for the outage"',
      'soundbite promote {last} --release 0123456789ab --break-glass --reason "nobody else is awake"',
    ],
    load: () => import('./commands/promote.ts'),
  },
  {
    name: 'rollback',
    args: '<environment>',
    summary: 'roll back to the previous release at once',
    more: `Moves versions only, never infrastructure. It first stops a promotion under way: if that restores the release that was live, there is nothing more to do. ${detach}`,
    options: [['--to <release>', 'roll back to this release instead of the previous one'], reason, noWait],
    examples: [
      'soundbite rollback {last}',
      './scripts/rollback-environment.sh {last}',
      'soundbite rollback {middle} --to 0123456789ab',
    ],
    load: () => import('./commands/rollback.ts'),
  },
  {
    name: 'repair',
    args: '<environment>',
    summary: 'restore what was deleted or changed by hand in the account, with the live release',
    more: `Creates missing resources again, restores settings, adopts what a deleted stack left, completes an interrupted update, and keeps all existing data. soundbite plan <environment> shows it first. ${detach}`,
    options: [reason, noWait],
    lists: [['--skip <id>', "a logical id that CloudFormation's rollback may skip (repeatable)"]],
    examples: ['soundbite repair {middle}', 'soundbite repair {last} --reason "the queue was deleted by mistake"'],
    load: () => import('./commands/repair.ts'),
  },
  {
    name: 'abort',
    args: '<promotion|environment>',
    summary: 'stop a promotion and everything after it; the previous release is live again',
    more: 'A rollback retries until it succeeds, and holds the environment. A second abort ends it; then check yourself what runs.',
    options: [reason],
    examples: ['soundbite abort {last}', 'soundbite abort {last} --reason "wrong release"'],
    load: () => import('./commands/abort.ts'),
  },
  ...flowCommands,
  {
    name: 'validate',
    args: '[environment...]',
    summary: 'declaration, account, stack, running digest and endpoints of environments',
    more: several,
    examples: [
      'soundbite validate {middle}',
      './scripts/validate-environment.sh {middle}',
      'soundbite validate',
      'soundbite validate {middle} {last} --json',
    ],
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'health',
    args: '[environment...]',
    summary: 'liveness, readiness, dependencies, jobs, digest and restarts',
    examples: ['soundbite health', 'soundbite health {middle} {last}', 'soundbite health {last} --json'],
    load: () => import('./commands/health.ts'),
  },
  {
    name: 'logs',
    args: '[environment...]',
    summary: 'logs of the service there, or in all',
    more: several,
    options: [
      ['-f, --follow', 'continue until Ctrl-C'],
      ['--since <time>', 'a span (90s, 10m, 2h, 1d) or a time (2026-01-31T12:00Z); 10m when absent'],
    ],
    examples: [
      'soundbite logs {middle}',
      'soundbite logs {middle} --since 2h',
      'soundbite logs --follow',
      'soundbite logs {middle} {last} --follow',
    ],
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'open',
    args: '[environment...]',
    summary:
      'open the page of all environments in a browser, or the service in one; without a browser, print the address',
    more: 'The page’s link works once, within five minutes, and lets that browser look and act as you: for a week, or until your token ends.',
    examples: ['soundbite open', 'soundbite open --json', 'soundbite open {first}', 'soundbite open {middle} {last}'],
    load: () => import('./commands/open.ts'),
  },
  {
    name: 'bootstrap',
    args: '<environment>',
    summary: "prepare the environment's account: roles, boundary, policies, fence; up does it for emulated ones",
    more: 'Its policies allow what the stack of a release holds, and no more: a release that needs more asks for it again. On a real account it shows what is new, and asks.',
    options: [
      ['--release <release>', 'for this release (digest, or its first digits) instead of the newest'],
      ['--yes', 'do not ask (a protected environment still needs its name)'],
      ['--confirm <name>', "the environment's name, instead of typing it"],
    ],
    examples: ['soundbite bootstrap {middle}'],
    load: () => import('./commands/bootstrap.ts'),
  },
  {
    name: 'adopt',
    args: '<environment>',
    summary: 'take over stacks that cdk deploy made, with their data and without an interruption',
    more: 'What stands is sealed as a release, the first to which a rollback leads. It shows what would change, and asks. Nothing is replaced that was not named.',
    options: [
      ['--plan', 'show what would change, and change nothing'],
      allowRemoval,
      ['--yes', 'do not ask (a protected environment still needs its name)'],
      ['--confirm <name>', "the environment's name, instead of typing it"],
      noWait,
    ],
    examples: ['soundbite adopt {last} --plan', 'soundbite adopt {last}'],
    load: () => import('./commands/adopt.ts'),
  },
  {
    name: 'handback',
    args: '<environment>',
    summary: 'give the stacks of an environment back to cdk deploy, as they serve',
    more: 'Nothing is removed but what says which release a stack has. What called an alias calls it until the next cdk deploy. Asks first.',
    options: [
      reason,
      ['--yes', 'do not ask (a protected environment still needs its name)'],
      ['--confirm <name>', "the environment's name, instead of typing it"],
    ],
    examples: ['soundbite handback {last}'],
    load: () => import('./commands/handback.ts'),
  },
  {
    name: 'destroy',
    args: '<environment>',
    summary: "remove the environment's stack and its data",
    more: 'Asks first; a protected environment needs its name typed. <name>@<home> removes the records of an environment whose machine is gone for good from a shared database: its promotions end. `doctor` names such homes.',
    options: [
      reason,
      ['--yes', 'do not ask (a protected environment still needs its name)'],
      ['--confirm <name>', "the environment's name, instead of typing it"],
    ],
    examples: [
      'soundbite destroy {middle}',
      'soundbite destroy {last} --confirm {last}',
      'soundbite destroy {first}@1a2b3c4d --reason "the laptop is gone"',
    ],
    load: () => import('./commands/destroy.ts'),
  },
  {
    name: 'takeover',
    args: '<environment>',
    summary: 'take an environment over from another database',
    more: 'For a database that is lost for good. The release with the traffic is recorded as live; nothing that runs is touched. Asks first.',
    options: [
      reason,
      ['--yes', 'do not ask (a protected environment still needs its name)'],
      ['--confirm <name>', "the environment's name, instead of typing it"],
    ],
    examples: ['soundbite takeover {middle} --reason "the laptop that had it is gone"'],
    load: () => import('./commands/takeover.ts'),
  },
  {
    name: 'aws',
    args: '<environment> [arguments...]',
    passesOptions: true,
    summary: "run the AWS CLI in the environment's account, emulated or real, and in no other",
    more: 'Without arguments it prints the variables that any AWS SDK needs to reach the account.',
    examples: [
      'soundbite aws {middle} cloudformation describe-stacks',
      'soundbite aws {first} s3 ls --recursive s3://bucket',
      'eval "$(soundbite aws {first})"',
    ],
    load: () => import('./commands/aws.ts'),
  },
  {
    name: 'database move',
    summary: "move this machine's records into the database that DATABASE_URL names",
    more: "The shared database must be empty. Accounts accept it as the same database; this machine's own database is not opened again.",
    examples: ['DATABASE_URL=postgres://user:password@db.example.com/soundbite soundbite database move'],
    load: () => import('./commands/database-move.ts'),
  },
  ...releaseCommands,
  ...peopleCommands,
  {
    name: 'inspect',
    args: '[directory]',
    summary: 'what could be promoted of any CDK app, and what prevents it; needs no account',
    more: 'Reads the cloud assembly that `npx cdk synth` wrote (cdk.out when absent): which Lambda functions can be promoted, what calls them and what becomes of that, what each deployment replaces, what prevents delivery, with file and line. It changes nothing. Exit 1: something prevents it. The table of triggers: docs/reference/triggers.md.',
    examples: ['soundbite inspect', 'soundbite inspect infra/cdk.out --json'],
    load: () => import('./commands/inspect.ts'),
  },
  {
    name: 'init',
    args: '[directory]',
    summary: 'write the first service.yaml and environments.yaml for a CDK app, or a first service',
    more: 'In an empty repository it writes a small service that can be delivered as it stands. Where cdk.json is, after `npx cdk synth`, it reads the cloud assembly (cdk.out when absent), writes both declarations, or the one that is missing, and changes no file that is there. Functions that cannot be promoted yet are left out, with the reason. Then deliver it: docs/guides/a-service-of-your-own.md.',
    examples: ['soundbite init', 'soundbite init infra/cdk.out --json'],
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'env list',
    summary: 'the declared environments in order; also checks environments.yaml',
    examples: ['soundbite env list', 'soundbite env list --json'],
    load: () => import('./commands/env-list.ts'),
  },
  {
    name: 'env show',
    args: '[environment...]',
    summary: 'what is declared and recorded for environments',
    more: several,
    examples: ['soundbite env show {last}', 'soundbite env show'],
    load: () => import('./commands/env-show.ts'),
  },
  {
    name: 'why',
    args: '<environment>',
    summary: 'what is live there, since when, by whose decision, on which gates and evidence; what waits, and for what',
    more: 'By the records alone: status and validate look at what runs.',
    examples: ['soundbite why {last}', 'soundbite why {last} --json'],
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'diff',
    args: '<environment> [environment]',
    summary:
      'what differs between two environments, or between one and what it was: commits, settings, resources, gates',
    more: 'An environment may be taken as it was: <environment>@<time>, a span ago (90m, 2h, 3d) or a time (2026-11-01T08:00Z); alone it is compared with now. By records, releases and the history of this repository: what cannot be read is said.',
    examples: [
      'soundbite diff {middle} {last}',
      'soundbite diff {last}@2d',
      'soundbite diff {last}@7d {last}@1d --json',
    ],
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'history',
    args: '[promotion|environment...]',
    summary: 'promotions, newest first; of one promotion what happened to it, step by step',
    more: 'Of a promotion, named by its id: who asked for it and why, what it waited for and how long, who said yes or no, what let it in, each step, how it ended, and the evidence of its release, by the records alone.',
    options: [
      ['--limit <n>', 'how many; 20 when absent'],
      ['--ledger', 'show the whole ledger and check its chain'],
    ],
    examples: [
      'soundbite history',
      'soundbite history {last} --limit 5',
      'soundbite history {middle} {last}',
      'soundbite history 6f1ed002-ab55-4a2d-9b6c-3c2f0d8f7a10',
      'soundbite history --ledger',
    ],
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'events',
    summary: 'what changes, as it happens: promotions, environments, releases, and what acts on them',
    more: 'None is left out and none comes twice, also while the control plane restarts. With --json each is a document on one line; the first says behind which number it begins.',
    options: [
      ['--after <number>', 'begin behind this event (0: with the first of all); now when absent'],
      ['--no-follow', 'end with what has happened; without it: at Ctrl-C'],
    ],
    examples: ['soundbite events', 'soundbite events --after 0 --no-follow --json'],
    load: () => import('./commands/events.ts'),
  },
  {
    name: 'doctor',
    args: '[environment...]',
    summary: 'what is wrong with this machine, an account or a stack, and the exact next command',
    more: 'With names it checks the machine, its processes, and only these environments.',
    examples: ['soundbite doctor', 'soundbite doctor {middle}'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    args: '<shell>',
    summary: 'print the completion script for bash, zsh or fish',
    more: 'For ./scripts/soundbite.sh, for `npx soundbite` of the npm package, for `soundbite` if you have an alias of that name, and for the three short scripts of SoundBite’s own repository.',
    examples: [
      'source <(./scripts/soundbite.sh completion bash)   # in ~/.bashrc, with the whole path',
      'source <(./scripts/soundbite.sh completion zsh)    # in ~/.zshrc, after compinit',
      './scripts/soundbite.sh completion fish | source    # in ~/.config/fish/config.fish',
    ],
    load: () => import('./commands/completion.ts'),
  },
];

/** Summaries of the groups of commands. */
export const groups: Readonly<Record<string, string>> = {
  release: 'cut, list, show, verify, push and remove releases',
  freeze: 'add, list and remove times in which nothing enters an environment',
  taint: 'list and accept what was changed outside of promotions',
  evidence: 'add, list and show evidence of releases',
  token: 'make, list and revoke tokens of people and programs',
  env: 'list and show the declared environments',
  database: 'where the records are',
};
