import { expect, it } from 'vitest';
import { frames } from './frames.ts';

const stream = ':begins\n\nid: 7\ndata: {"a":1}\n\nevent: x\ndata:one\ndata: two\n\n: \n\nretry: 5\n\n';
const whole = ['alive', { data: '{"a":1}' }, { data: 'one\ntwo' }, 'alive'];

it('an event is read however its text is cut, and whatever ends its lines', () => {
  for (const ending of ['\n', '\r\n']) {
    const text = stream.replaceAll('\n', ending);
    for (let cut = 0; cut <= text.length; cut++) {
      const read = frames();
      expect([...read(text.slice(0, cut)), ...read(text.slice(cut))]).toEqual(whole);
    }
  }
});

it('what has not ended is no event yet', () => {
  const read = frames();
  expect(read('data: half')).toEqual([]);
  expect(read('\n')).toEqual([]);
  expect(read('\n')).toEqual([{ data: 'half' }]);
});
