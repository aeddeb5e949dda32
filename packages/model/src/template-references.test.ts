import { describe, expect, it } from 'vitest';
import { referencesIn } from './template-references.ts';

const named = (value: unknown) => [...referencesIn(value)];

describe('the references of an expression', () => {
  it.each<[unknown, object[]]>([
    [{ Ref: 'Queue' }, [{ is: 'local', id: 'Queue' }]],
    [{ 'Fn::GetAtt': ['Db', 'Endpoint', 'Port'] }, [{ is: 'local', id: 'Db', attribute: 'Endpoint.Port' }]],
    [{ 'Fn::GetAtt': 'Db.Endpoint.Port' }, [{ is: 'local', id: 'Db', attribute: 'Endpoint.Port' }]],
    [
      { 'Fn::Sub': [`\${Queue.Arn} \${own} \${!Literal} \${AWS::Region}`, { own: { Ref: 'Table' } }] },
      [
        { is: 'local', id: 'Queue', attribute: 'Arn' },
        { is: 'local', id: 'Table' },
      ],
    ],
    [
      { 'Fn::If': ['Big', { Ref: 'A' }, 'b'] },
      [
        { is: 'condition', name: 'Big' },
        { is: 'local', id: 'A' },
      ],
    ],
    [{ 'Fn::And': [{ Condition: 'Real' }] }, [{ is: 'condition', name: 'Real' }]],
    [
      { 'Fn::FindInMap': ['Names', { Ref: 'A' }, 'b'] },
      [
        { is: 'mapping', name: 'Names' },
        { is: 'local', id: 'A' },
      ],
    ],
    [[{ 'Fn::ImportValue': 'shared' }, 'text', 7, null], [{ is: 'import', name: 'shared' }]],
    // A policy's statement, not an expression.
    [{ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }, []],
  ])('in %j', (value, expected) => {
    expect(named(value)).toEqual(expected);
  });
});
