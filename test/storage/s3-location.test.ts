import { expect, it } from 'vitest'
import { readConfig } from '../../config.ts'
import { parseS3Url } from '../../storage/s3/location.ts'

it.each([
  ['s3://films', { bucket: 'films', prefix: '', endpoint: undefined, region: undefined, pathStyle: false }],
  [
    's3://films/a/b/?region=eu-central-1',
    { bucket: 'films', prefix: 'a/b/', region: 'eu-central-1', pathStyle: false },
  ],
  [
    's3://films?endpoint=http://10.0.0.1:9000',
    { endpoint: 'http://10.0.0.1:9000', region: 'us-east-1', pathStyle: true },
  ],
  ['s3://films?endpoint=https://r2.example&path_style=false', { endpoint: 'https://r2.example', pathStyle: false }],
])('%s names a place in S3', (url, location) => {
  expect(parseS3Url(url)).toMatchObject(location)
})

it.each([
  ['https://films.s3.amazonaws.com', 'must be s3://bucket/prefix'],
  ['s3://', 'names no bucket'],
  ['s3://Films', 'names no bucket'],
  ['s3://films?endpoint=ftp://host', 'has an endpoint that is no http or https URL'],
  ['s3://films?path_style=maybe', 'has a path_style that is neither true nor false'],
  ['s3://films?endpont=https://host', 'has a setting "endpont"'],
])('%s is refused with the form that it should have', (url, reason) => {
  expect(() => readConfig({ BLOB_STORE_URL: url })).toThrow(reason)
})

it('keys in it are refused and not repeated', () => {
  const refused = () => readConfig({ BLOB_STORE_URL: 's3://AKIDEXAMPLE:topsecret@films' })
  expect(refused).toThrow('must not hold keys: set AWS_ACCESS_KEY_ID')
  expect(refused).not.toThrow(/AKIDEXAMPLE|topsecret/)
})

it('redirects to a disk are refused', () => {
  expect(() => readConfig({ BLOB_REDIRECTS: 'true' })).toThrow('BLOB_STORE_URL is unset')
})
