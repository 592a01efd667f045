/** What stands between Node's server and the app: it hands bytes of the store to Node's own response. */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ApiEnv, Router } from './router.ts'

/** @param signals what the server says to streams and probes when it ends */
export function answerOnNode(app: Router, signals: Pick<ApiEnv['Bindings'], 'closing' | 'draining'> = {}) {
  return async (request: Request, node: object): Promise<Response> => {
    const env: ApiEnv['Bindings'] = { ...node, ...signals }
    const response = await app.fetch(request, env)
    const { bytes, outgoing } = env
    if (!bytes || !outgoing) return response
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    try {
      await bytes.writeTo(outgoing)
      outgoing.end()
    } catch {
      // The reader has left, or the file is damaged: the answer can only be cut off.
      outgoing.destroy()
    }
    return RESPONSE_ALREADY_SENT
  }
}
