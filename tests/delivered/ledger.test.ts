import type { Plan } from '@soundbite/client';
import { describe, expect, it } from 'vitest';
import { aliasedVersions, itemsIn } from '../../packages/runtimes/src/testing-account.ts';
import { ledger } from '../support/described/ledger.ts';
import type { PromotionDocument } from '../support/environments.ts';
import { serviceJourney, stageOf } from '../support/service-journey.ts';

describe(ledger.is, () => {
  const on = stageOf(ledger);
  serviceJourney(ledger, on);

  it('keeps its version in a release that changes the stack alone, which is live all the same, and gone back from', async () => {
    const account = await on().account('live');
    const before = await on().environment('live');
    const there = await aliasedVersions(account);
    const [from, to] = ["'Incoming')", "'Incoming', { maxMessageSizeBytes: 65_536 })"];
    const release = await on().cut([['infra/app.mjs', from, to]]);
    await on().soundbite(0, 'promote', 'live', '--release', release, '--override', '--reason', 'the stack alone');
    expect(await on().environment('live')).toMatchObject({ state: 'healthy', release, url: null });
    expect(await aliasedVersions(account)).toEqual(there);
    const back = await on().soundbite<PromotionDocument>(0, 'rollback', 'live');
    expect(back).toMatchObject({ state: 'succeeded', release: before?.release, previous: release });
    expect(await on().environment('live')).toMatchObject({ state: 'healthy', release: before?.release });
    expect(await aliasedVersions(account)).toEqual(there);
  });

  it('is stopped before traffic by its compatibility program, when it does not book what is on its way to the version before', async () => {
    const before = await on().environment('test');
    const { change } = on().service;
    await change(
      'src/book.py',
      '"cents": int(message["cents"])}',
      '"cents": int(message["cents"]), "currency": message["currency"]}',
    );
    // Its smoke knows the new messages only.
    await change(
      'smoke/main.mjs',
      "record('good', { id: 'a', cents: 250 })",
      "record('good', { id: 'a', cents: 250, currency: 'EUR' })",
    );
    await change('service.yaml', 'infra, src, smoke]', 'infra, src, smoke, compatibility]');
    await change(
      'service.yaml',
      'smoke:\n',
      `compatibility: ${program}\n\nsmoke:\n`.replace('<directory>', 'compatibility'),
    );
    await on().cut();
    const { steps, ...promotion } = await on().soundbite<PromotionDocument>(1, 'promote', 'test');
    const reason =
      /^compatibility: books-messages-of-before: the live version answers .*"cents": ?100.*, the new one .*"old"/;
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
    expect(steps.map(({ name, state }) => `${name} ${state}`).slice(4)).toEqual([
      'smoke succeeded',
      'compatibility failed',
      'rollback succeeded',
    ]);
    expect(await on().environment('test')).toMatchObject({ state: 'healthy', release: before?.release });
  });

  it('migrates its entries before it has traffic, by its own function and permissions; without them it is stopped', async () => {
    const before = await on().environment('test');
    const { change } = on().service;
    await change('src/book.py', 'message["currency"]', 'message.get("currency", "EUR")');
    await change('src/book.py', '    failures = []\n', migrating);
    await change('src/book.py', 'def entry_of(message):', `${migrate}def entry_of(message):`);
    await change('service.yaml', 'compatibility]', 'compatibility, migration]');
    await change('service.yaml', 'smoke:\n', `migration: ${program}\n\nsmoke:\n`.replace('<directory>', 'migration'));
    await on().cut();
    const denied = await on().soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(denied).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^migration: program: .*dynamodb:Scan/s),
    });
    expect(denied.steps.map(({ name }) => name)).not.toContain('smoke');
    expect(await on().environment('test')).toMatchObject({ state: 'healthy', release: before?.release });

    await change('infra/app.mjs', 'grantWriteData', 'grantReadWriteData');
    const release = await on().cut();
    const { steps } = await on().soundbite<Plan>(0, 'plan', 'test');
    expect(steps.map(({ name }) => name).slice(3, 7)).toEqual(['publish', 'migration', 'smoke', 'compatibility']);
    expect(await on().soundbite<PromotionDocument>(0, 'promote', 'test')).toMatchObject({
      state: 'succeeded',
      release,
    });
    expect(await on().environment('test')).toMatchObject({ state: 'healthy', release });
    const entries = await itemsIn(await on().account('test'), 'Entries');
    expect(entries.map(({ currency }) => currency)).toEqual(entries.map(() => 'EUR'));
    expect(entries.length).toBeGreaterThan(0);

    for (const named of [[], ['--to', before?.release ?? '']]) {
      const refused = await on().soundbite<unknown>(1, 'rollback', 'test', ...named);
      expect(refused).toMatchObject({
        error: {
          code: 'rollback-below-floor',
          message: expect.stringMatching(/has migrated the data of test/),
          hint: expect.stringContaining('--override --reason'),
        },
      });
    }
    expect(await on().environment('test')).toMatchObject({
      ...{ state: 'healthy', release },
      wayBack: { floor: release, refused: { code: 'rollback-below-floor' } },
    });
  });
});

const program = '{ directory: <directory>, command: [node, main.mjs], seconds: 30 }';

const migrating = `    custom = getattr(context.client_context, "custom", None) or {}
    if custom.get("x-soundbite-migration") == "true":
        return migrate(event)
    failures = []
`;

const migrate = `def migrate(event):
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    start = {"ExclusiveStartKey": event["from"]} if event.get("from") else {}
    page = table.scan(Limit=1, **start)
    lacking = [item["id"] for item in page["Items"] if "currency" not in item]
    for key in lacking:
        table.update_item(
            Key={"id": key}, UpdateExpression="SET currency = :eur", ExpressionAttributeValues={":eur": "EUR"}
        )
    return {"changed": len(lacking), "next": page.get("LastEvaluatedKey")}


`;
