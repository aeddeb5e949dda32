interface Asked {
  readonly rawPath: string;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

/** GET /health, and GET /?name=Ada. */
export async function handler({ rawPath, queryStringParameters }: Asked) {
  const name = queryStringParameters?.['name'] ?? 'world';
  const body = rawPath === '/health' ? { status: 'well' } : { hello: name };
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
