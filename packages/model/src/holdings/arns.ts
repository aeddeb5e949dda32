/**
 * ARNs as CloudFormation substitutes them, of the account, region and partition that a stack is in. `{name}` stands for the name of a resource,
 * `{of}` for the name of the one that it is a part of.
 */
export const regional = (service: string, resource: string) =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
/** Of a service whose ARNs name no region. */
export const worldwide = (service: string, resource: string) =>
  `arn:\${AWS::Partition}:${service}::\${AWS::AccountId}:${resource}`;
/** Buckets and their objects: their ARNs name neither region nor account. */
export const inS3 = (resource: string) => `arn:\${AWS::Partition}:s3:::${resource}`;
/** Management of APIs; its ARNs name no account. */
export const inApiGateway = (path: string) => `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/${path}`;

/** `Get`, `Put` → `s3:Get`, `s3:Put`. */
export const actionsOf = (service: string, ...names: readonly string[]) => names.map((name) => `${service}:${name}`);
