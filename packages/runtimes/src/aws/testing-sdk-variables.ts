/**
 * Every variable that the installed AWS SDK reads, with a value that a user may well have and that would break or redirect a call to loopback.
 * `null`: read by credential providers only, which no call to an emulated account asks.
 */
export const sdkVariables: Readonly<Record<string, string | null>> = {
  AWS_ACCESS_KEY_ID: 'AKIAUSERSOWNACCOUNT0',
  AWS_SECRET_ACCESS_KEY: 'the-secret-of-the-users-own-account',
  AWS_SESSION_TOKEN: 'the-session-of-the-users-own-account',
  AWS_CREDENTIAL_EXPIRATION: '2001-01-01T00:00:00Z',
  AWS_CREDENTIAL_SCOPE: 'us-gov-west-1',
  AWS_ACCOUNT_ID: '999999999999',
  AWS_PROFILE: 'no-such-profile',
  AWS_CONFIG_FILE: null,
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
  AWS_REGION: 'us-gov-west-1',
  AWS_DEFAULT_REGION: 'cn-north-1',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_RETRY_MODE: 'legacy',
  AWS_MAX_ATTEMPTS: 'many',
  AWS_DEFAULTS_MODE: 'unheard-of',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs',
  AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required',
  AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a',
  AWS_SIGV4A_SIGNING_REGION_SET: '*',
  AWS_ENABLE_ENDPOINT_DISCOVERY: 'true',
  AWS_ENDPOINT_DISCOVERY_ENABLED: 'true',
  AWS_REQUEST_CHECKSUM_CALCULATION: 'NEVER',
  AWS_RESPONSE_CHECKSUM_VALIDATION: 'NEVER',
  AWS_S3_USE_ARN_REGION: 'perhaps',
  AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS: 'perhaps',
  AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: 'perhaps',
  AWS_DISABLE_REQUEST_COMPRESSION: 'perhaps',
  AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES: 'small',
  AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'perhaps',
  AWS_SDK_UA_APP_ID: 'an id\nwith a second line',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'perhaps',
  AWS_LAMBDA_FUNCTION_NAME: 'a-function',
  AWS_LAMBDA_MAX_CONCURRENCY: 'many',
  AWS_LAMBDA_BENCHMARK_MODE: '1',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: null,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: null,
  AWS_CONTAINER_AUTHORIZATION_TOKEN: null,
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: null,
  AWS_EC2_METADATA_DISABLED: null,
  AWS_EC2_METADATA_V1_DISABLED: null,
  AWS_EC2_METADATA_SERVICE_ENDPOINT: null,
  AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: null,
  AWS_LOGIN_CACHE_DIRECTORY: null,
  AWS_ROLE_ARN: null,
  AWS_ROLE_SESSION_NAME: null,
  AWS_WEB_IDENTITY_TOKEN_FILE: null,
};

/** The same in the user's own profile. */
export const sdkConfigFile = `[default]
region = us-gov-west-1
endpoint_url = http://127.0.0.1:9
use_fips_endpoint = true
use_dualstack_endpoint = true
retry_mode = legacy
max_attempts = many
defaults_mode = unheard-of
account_id_endpoint_mode = required
auth_scheme_preference = sigv4a
endpoint_discovery_enabled = true
request_checksum_calculation = NEVER
response_checksum_validation = NEVER
s3_use_arn_region = perhaps
s3_disable_multiregion_access_points = perhaps
s3_disable_express_session_auth = perhaps
sdk_ua_app_id = an id
services = elsewhere
aws_access_key_id = AKIAUSERSOWNPROFILE0
aws_secret_access_key = the-secret-of-the-users-own-profile

[services elsewhere]
s3 =
  endpoint_url = http://127.0.0.1:9
dynamodb =
  endpoint_url = http://127.0.0.1:9
`;
