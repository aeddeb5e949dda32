import { asRecord, type Json, textOf } from '../template.ts';

/** Why a method or a REST API is not moved though others are; null: it moves. */
export function restRefusal(type: string, properties: Json): string | null {
  if (type === 'AWS::ApiGateway::RestApi')
    return 'describes its methods in one document (Body), which is not read; declare them as methods';
  const { Type, Credentials, Uri, ResponseTransferMode } = asRecord(properties.Integration);
  if (Type !== 'AWS_PROXY')
    return `maps requests and answers by templates (integration type ${textOf(Type)}), by which a version on trial cannot be asked; make it a proxy integration`;
  if (Credentials !== undefined)
    return 'calls with a role (Credentials), and what that may call was granted for the function, not for an alias';
  if (ResponseTransferMode === 'STREAM' || textOf(Uri).includes('response-streaming'))
    return 'streams its answers (ResponseTransferMode STREAM), and a version on trial is invoked, which gives no stream';
  return null;
}
