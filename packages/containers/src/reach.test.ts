import { expect, it } from 'vitest';
import { byLoopback, type OwnContainer, projectLabels, projectPartLabels, reachByNetwork } from './reach.ts';

const container = (addresses: readonly string[]): OwnContainer => ({
  Id: 'abc',
  Config: { Labels: { 'com.docker.compose.project': 'house' } },
  NetworkSettings: {
    Networks: Object.fromEntries(addresses.map((IPAddress, at) => [`n${at}`, { IPAddress, NetworkID: `id${at}` }])),
  },
});

it('is by network for the container whose addresses are ours', () => {
  expect(reachByNetwork(container(['172.20.0.2', '']), 'abc', ['172.20.0.2', '172.21.0.3'])).toEqual({
    ...{ by: 'network', container: 'abc', project: 'house' },
  });
});

it.each([
  ['none has our name', null, ['172.20.0.2']],
  ['it has other addresses', container(['172.20.0.2']), ['172.20.0.3']],
  ['it has none', container(['']), ['']],
])('takes no other container for ours: %s', (_, found, here) => {
  expect(() => reachByNetwork(found, 'abc', here)).toThrow(expect.objectContaining({ code: 'reach-unknown' }));
});

it('makes containers of a project what Compose calls its orphans, and no others', () => {
  expect(projectLabels(byLoopback, 's', 'sha256:1')).toEqual({});
  expect(projectLabels({ by: 'network', container: 'c', project: null }, 's', 'sha256:1')).toEqual({});
  expect(projectLabels({ by: 'network', container: 'c', project: 'house' }, 's', 'sha256:1')).toMatchObject({
    'com.docker.compose.project': 'house',
    'com.docker.compose.service': 's',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.config-hash': '1',
  });
});

it('networks and volumes of a project are found by its name, and others have no label of Compose', () => {
  expect(projectPartLabels(byLoopback, 'volume', 'v')).toEqual({});
  expect(projectPartLabels({ by: 'network', container: 'c', project: null }, 'volume', 'v')).toEqual({});
  expect(projectPartLabels({ by: 'network', container: 'c', project: 'house' }, 'network', 'n')).toEqual({
    'com.docker.compose.project': 'house',
    'com.docker.compose.network': 'n',
  });
});
