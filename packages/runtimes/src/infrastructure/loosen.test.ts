import { describe, expect, it } from 'vitest';
import { textWithImports } from './exports.ts';
import { exportsMentioning, withoutImports } from './loosen.ts';

const exports = new Map([
  ['data:Queue', 'https://sqs/jobs'],
  ['data:Take', 'take'],
]);

describe('a stack that imports no more', () => {
  const using = {
    Type: 'T',
    Properties: { Queue: { 'Fn::ImportValue': 'data:Queue' }, Other: { 'Fn::ImportValue': 'x' } },
  };
  const kept = { ...using, UpdateReplacePolicy: 'Retain', Metadata: { path: 'App' } };
  const template = {
    Resources: { Using: using, Kept: kept, Not: { Type: 'T' } },
    Outputs: { Url: { Value: { 'Fn::Join': ['', [{ 'Fn::ImportValue': 'data:Queue' }, '/']] } } },
  };

  it('has values in their place, and each resource that had one changes', () => {
    const Properties = { Queue: 'https://sqs/jobs', Other: { 'Fn::ImportValue': 'x' } };
    expect(withoutImports(template, exports)).toEqual({
      Resources: {
        Using: { Type: 'T', Properties, UpdateReplacePolicy: 'Delete' },
        Kept: { ...kept, Properties, Metadata: { path: 'App', 'SoundBite::Loosened': true } },
        Not: { Type: 'T' },
      },
      Outputs: { Url: { Value: { 'Fn::Join': ['', ['https://sqs/jobs', '/']] } } },
    });
  });

  it('is one that imports what is made again', () => {
    const Outputs = {
      Url: { Value: { Ref: 'Queue' }, Export: { Name: 'data:Queue' } },
      Text: { Value: { 'Fn::Sub': `\${Queue.Arn}/x` }, Export: { Name: 'data:Text' } },
      Table: { Value: { Ref: 'Table' }, Export: { Name: 'data:Table' } },
      Mine: { Value: { Ref: 'Queue' } },
    };
    expect([...exportsMentioning({ Outputs }, new Set(['Queue']))]).toEqual(['data:Queue', 'data:Text']);
  });
});

describe('an expression with imports', () => {
  it.each([
    [{ 'Fn::ImportValue': 'data:Take' }, 'take'],
    [{ 'Fn::Join': [':', [{ 'Fn::ImportValue': 'data:Take' }, 'live']] }, 'take:live'],
    [{ 'Fn::ImportValue': 'of a stranger' }, undefined],
    [{ 'Fn::Join': [':', [{ Ref: 'Take' }, 'live']] }, undefined],
    [{ Ref: 'Take' }, undefined],
  ])('%j says %s', (value, said) => expect(textWithImports(value, exports)).toBe(said));
});
