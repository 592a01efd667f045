/**
 * The HTTP contract's routes with the statuses that it names for each, so that neither a route nor an answer is lost
 * together with its description. What the OpenAPI document describes beyond them joins the table by itself.
 */

const READ = [200, 404]
const CHANGE = [200, 404, 422]
const REMOVE = [204, 404]
const BYTES = [200, 206, 304, 404, 416]

const V3: Record<string, number[]> = {
  'GET /clients': [200],
  'POST /clients': [201, 400, 422],
  'GET /clients/{id}': READ,
  'PUT /clients/{id}': CHANGE,
  'PATCH /clients/{id}': CHANGE,
  'DELETE /clients/{id}': REMOVE,
  'GET /clients/{id}/campaigns': READ,
  'GET /clients/{id}/stats': READ,
  'GET /campaigns': [200],
  'POST /campaigns': [201, 400, 422],
  'GET /campaigns/{id}': READ,
  'PUT /campaigns/{id}': CHANGE,
  'PATCH /campaigns/{id}': CHANGE,
  'DELETE /campaigns/{id}': REMOVE,
  'GET /campaigns/{id}/assets': READ,
  'GET /campaigns/{id}/stats': READ,
  'POST /campaigns/{id}/create-job': [201, 404, 422, 500],

  'GET /assets': [200],
  'GET /assets/{id}': READ,
  'DELETE /assets/{id}': REMOVE,
  'POST /assets': [201, 400, 422],
  'POST /assets/from-url': [201, 400],
  'POST /assets/from-urls': [201, 400],
  'POST /assets/unified': [201, 400, 422],
  'GET /assets/{id}/data': [...BYTES, 502],
  'GET /assets/{id}/thumbnail': [...BYTES, 502],

  'POST /jobs/from-image-pairs': [201, 400, 404, 500],
  'POST /jobs/from-property-photos': [201, 400, 404, 500],
  'POST /jobs/{id}/approve': [200, 404, 409, 422],
  'GET /jobs/{id}': READ,
  'GET /jobs/{job_id}/scenes': READ,
  'GET /jobs/{job_id}/scenes/{scene_id}': READ,
  'PUT /jobs/{job_id}/scenes/{scene_id}': [200, 404, 409],
  'PATCH /jobs/{job_id}/scenes/{scene_id}': [200, 404, 409],
  'DELETE /jobs/{job_id}/scenes/{scene_id}': [204, 404, 409],
  'GET /generated-videos': [200],

  'GET /videos/{job_id}/combined': BYTES,
  'GET /videos/{job_id}/thumbnail': READ,
  'GET /videos/{job_id}/preview': BYTES,
  'GET /videos/{job_id}/captions.vtt': READ,
  'GET /videos/{job_id}/hls/playlist.m3u8': BYTES,
  'GET /videos/{job_id}/hls/{filename}': BYTES,
  'GET /jobs/{job_id}/contact-sheet': BYTES,
  'GET /videos/{job_id}/clips/{filename}': READ,
  'GET /videos/{job_id}/clips/{filename}/thumbnail': READ,
  'POST /audio/generate-scenes': [202, 400, 404, 422],
  'GET /audio/status/{job_id}': READ,
  'GET /audio/{job_id}/download': READ,
  'GET /audio/segments/{token}': READ,

  'PATCH /jobs/{job_id}/storyboard/scenes/{index}': [200, 404, 409],
  'PUT /jobs/{job_id}/storyboard': [200, 404, 409],
  'POST /jobs/{id}/reject': CHANGE,
  'POST /jobs/{id}/cancel': CHANGE,
  'POST /jobs/{id}/copy': [201, 404],
  'POST /jobs/{id}/retry': [202, 404, 422],
  'POST /jobs/{job_id}/scenes/{scene_id}/regenerate': [202, 404, 422],
  'POST /jobs/{job_id}/scenes/{scene_id}/takes/{attempt}/choose': [202, 404, 422],
  'GET /jobs/{job_id}/notes': READ,
  'POST /jobs/{job_id}/notes': [201, 404, 422],
  'PATCH /jobs/{job_id}/notes/{note_id}': CHANGE,
  'DELETE /jobs/{job_id}/notes/{note_id}': REMOVE,
  'GET /predictions': [200],
  'POST /predictions/{id}/resolve': [200, 404, 422],
  'GET /jobs/{id}/workflow': [200, 404, 503],
  'DELETE /jobs/{id}': [204, 404, 409],
  'GET /jobs/{id}/events': READ,
  'GET /events': [200],
  'GET /jobs': [200],
  'GET /spending': [200],
  'POST /spending/pause': [200],
  'POST /spending/resume': [200],
  'POST /session': [200],
}

export const CONTRACT: Record<string, number[]> = {
  ...Object.fromEntries(Object.entries(V3).map(([route, statuses]) => [route.replace(' ', ' /api/v3'), statuses])),
  'POST /api/webhooks/replicate': [200, 401],
  'GET /api/openapi': [200],
  'GET /api/openapi.json': [200],
  'GET /api/docs': [200],
  'GET /healthz': [200],
  'GET /readyz': [200, 503],
  'GET /metrics': [200],
}
