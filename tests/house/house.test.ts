import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hear } from './heard.ts';
import { houseServices, linesOf, makeHouseImage, ownAddress, testHouse } from './house.ts';

/** The house in containers by docker/docker-compose.multienv.yml. */

const house = testHouse();
const { docker, compose, soundbite, idOf, versions } = house;
const data = ['accounts', 'database-password', 'home', 'postgres'].map((name) => `${house.project}_${name}`);

/** Of `soundbite health`. */
interface Finding {
  readonly name: string;
  readonly ok: boolean | null;
}

beforeAll(makeHouseImage);
afterAll(house.end);

let release = '';
it('up alone ends with five environments that speak, one release in all of them', async () => {
  await compose('up', '-d', '--no-build');
  release = (await house.everywhere()) ?? '';
  await house.isWell(release);
  expect(await versions()).toHaveLength(10);
  expect(await soundbite('status')).toContain('production');
});

/** That what each environment says can be heard where the house is published. */
async function allAreHeard(address: string): Promise<void> {
  const heard = await Promise.all(
    house.environments.map((_, index) => hear(`http://${address}:${8101 + index}`, 'A house speaks.')),
  );
  for (const { origin, played, status, type, bytes } of heard) {
    expect(origin).toMatch(new RegExp(`^http://${address.replaceAll('.', '\\.')}:811[1-4]$`));
    expect({ status, type, played }).toEqual({ status: 200, type: 'audio/wav', played: origin });
    expect(bytes).toBeGreaterThan(1_000);
  }
}

it('at another address than 127.0.0.1, which it says itself, each environment can be heard: links to audio lead there', async () => {
  expect(house.address).not.toBe('127.0.0.1');
  expect(await soundbite('status')).toContain(`http://${house.address}:8105`);
  await allAreHeard(house.address);
});

it('health tells all of each environment: nothing is bad, and nothing is left that nobody can tell', async () => {
  const { environments } = JSON.parse(await soundbite('health', '--json')) as {
    readonly environments: readonly { readonly name: string; readonly findings: readonly Finding[] }[];
  };
  expect(environments.map(({ name }) => name)).toEqual(house.environments);
  for (const { name, findings } of environments) {
    expect(
      findings.filter(({ ok }) => ok !== true),
      name,
    ).toEqual([]);
    expect(
      findings.map((one) => one.name),
      name,
    ).toEqual(expect.arrayContaining(['disk', 'engine disk']));
  }
});

it('each service has a limit, a reservation, bounded logs and a restart policy', async () => {
  for (const name of houseServices) {
    const told = JSON.parse(await docker('inspect', '--format', '{{json .HostConfig}}', await idOf(name)));
    expect(told, name).toMatchObject({
      RestartPolicy: { Name: 'always' },
      LogConfig: { Config: { 'max-size': '10m', 'max-file': '3' } },
    });
    expect(told.Memory, name).toBeGreaterThan(told.MemoryReservation);
    expect(told.MemoryReservation, name).toBeGreaterThan(0);
    expect(told.NanoCpus, name).toBeGreaterThan(0);
  }
});

it('the database’s password is a file, and no variable that the engine shows', async () => {
  const secret = await docker('exec', await idOf('postgres'), 'cat', '/run/soundbite-database/password');
  expect(secret.length).toBeGreaterThan(20);
  for (const name of houseServices) expect(await docker('inspect', await idOf(name)), name).not.toContain(secret);
  await expect(docker('exec', await idOf('gateway'), 'cat', '/run/soundbite-database/password')).rejects.toThrow();
});

/** Tries to open connections, and says which opened. */
const tries = `Promise.all(process.argv.slice(1).map((place) => new Promise((tell) => {
  const [host, port] = place.split(' ');
  const socket = require('net').connect({ host, port: Number(port), timeout: 3000 });
  socket.on('connect', () => tell([place]));
  socket.on('timeout', () => tell([]));
  socket.on('error', () => tell([]));
}))).then((opened) => { console.log(JSON.stringify(opened.flat())); process.exit(); });`;

const addressesOf = async (id: string) =>
  linesOf(
    await docker('inspect', '--format', '{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}', id),
  ).map((line) => line.trim());

it('a container of staging opens a connection neither to production’s data nor to anything of the house but its own relay', async () => {
  const named = (name: string) =>
    docker('ps', '--quiet', ...house.ofProject, '--filter', `label=com.docker.compose.service=${name}`);
  const of = async (environment: string) =>
    linesOf(
      await docker('ps', '--quiet', ...house.ofProject, '--filter', `label=dev.soundbite.environment=${environment}`),
    );
  const [staging = ''] = await of('staging');
  const opened = async (places: readonly string[]) =>
    JSON.parse(await docker('exec', staging, '/usr/local/bin/node', '-e', tries, ...places)) as string[];
  const ports = [5432, 8000, 8080, 8100, 8101, 8105, 8111, 8114, 9301, 9400];
  const containers = [...(await of('production')), ...(await Promise.all(houseServices.map(named)))];
  const hosts = [...(await Promise.all(containers.map(addressesOf))).flat(), 'postgres', 'accounts', 'soundbite-home'];
  expect(hosts.length).toBeGreaterThan(10);
  expect(await opened(hosts.flatMap((host) => ports.map((port) => `${host} ${port}`)))).toEqual([]);
  // That it could tell: its own relay.
  const relays = Array.from({ length: 10 }, (_, at) => `soundbite-home ${9500 + at}`);
  expect(await opened(relays)).toHaveLength(1);
});

const allOf = async (one: typeof house) => ({
  containers: linesOf(await docker('ps', '--quiet', '--no-trunc', ...one.ofProject)).sort(),
  networks: await one.leftOf('network'),
  volumes: await one.leftOf('volume'),
});

describe('a second house on the same engine', () => {
  const other = testHouse();
  let before: Awaited<ReturnType<typeof allOf>>;
  afterAll(other.end);

  it('is brought up to SOUNDBITE_UP_TO, has its own say at its own address, and the first one is as it was', async () => {
    before = await allOf(house);
    await other.upTo('dev-aws');
    await other.until('the link that is said last', async () => ((await other.upsEnded()) > 0 ? true : null));
    const some = await other.live();
    expect(some['dev-aws']).toMatch(/^sha256:/);
    expect(some).toEqual({
      ...{ 'dev-localstack': some['dev-aws'], 'dev-aws': some['dev-aws'] },
      ...{ 'dev-aws-deployed': null, staging: null, production: null },
    });
    expect(await other.answering(`${other.address}:8101`, 8101)).toBe(some['dev-aws']);
    const { origin } = await hear(`http://${other.address}:8101`, 'Another house speaks.');
    expect(origin).toBe(`http://${other.address}:8111`);
    expect(await allOf(house)).toEqual(before);
    await house.allSpeak(release);
  });

  it('has the other environments, too, after a later up without it', async () => {
    const { 'dev-aws': first } = await other.live();
    await other.compose('up', '-d', '--no-build');
    expect(await other.everywhere()).toBe(first);
  });

  it('is taken down and leaves nothing, and the first one is as it was', async () => {
    await other.end();
    expect(await allOf(other)).toEqual({ containers: [], networks: [], volumes: [] });
    expect(await allOf(house)).toEqual(before);
    await house.isWell(release);
  });
});

it.each(houseServices)('%s is killed and comes back by itself; versions go on meanwhile as they are', async (name) => {
  const before = await versions();
  const pid = () => idOf(name).then((id) => docker('inspect', '--format', '{{.State.Pid}}', id));
  const killed = await pid();
  // As the engine sees a crash: its own kill would be taken for a wish.
  process.kill(Number(killed), 'SIGKILL');
  await house.until(`another ${name}`, async () => (['0', killed].includes(await pid()) ? null : true));
  await house.isWell(release);
  expect(await house.everywhere()).toBe(release);
  expect(await versions()).toEqual(before);
});

it('down --remove-orphans of a running house leaves its data only, and up goes on with them', async () => {
  await compose('down', '--remove-orphans');
  expect(await docker('ps', '--all', '--quiet', ...house.ofProject)).toBe('');
  expect(await house.leftOf('network')).toEqual([]);
  expect(await house.leftOf('volume')).toEqual(expect.arrayContaining(data));
  await compose('up', '-d', '--no-build');
  expect(await house.everywhere()).toBe(release);
  await house.isWell(release);
});

it('stop leaves nothing running, and start goes on', async () => {
  await compose('stop');
  expect(await docker('ps', '--quiet', ...house.ofProject)).toBe('');
  await compose('up', '-d', '--no-build');
  await house.isWell(release);
});

it('a house that is up at another address says and signs that one', async () => {
  house.moveTo(ownAddress());
  await compose('up', '-d', '--no-build');
  await house.isWell(release);
  await house.until('links to the other address', () => allAreHeard(house.address).then(() => true));
});

it('containers of a killed house are Compose’s to remove; what else it left is found by its project, and removed with it', async () => {
  await docker('kill', await idOf('control-plane'));
  expect(await versions()).toHaveLength(10);
  await compose('down', '--remove-orphans');
  expect(await docker('ps', '--all', '--quiet', ...house.ofProject)).toBe('');
  // As docs/guides/containers.md#the-house says it.
  expect(await house.leftOf('network')).toHaveLength(5);
  await docker('network', 'rm', ...(await house.leftOf('network')));
  expect((await house.leftOf('volume')).length).toBeGreaterThan(data.length);
  await docker('volume', 'rm', ...(await house.leftOf('volume')));
});
