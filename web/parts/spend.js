/** Asks for what costs something: where a budget has too little left, an operator is asked whether to go over it. */
import { post, query, Refused } from '../api.js'
import { confirmed } from './dialogs.js'

/** Where it is changed, if that is on the board. @param {any} job @param {string} scope */
function budgetOf({ campaign_id, client_id }, scope) {
  const of = { campaign: { campaign_id }, client: { client_id } }[scope]
  return of && { to: `/${query({ view: 'all', ...of })}`, text: `Look at the ${scope}'s budget, or change it` }
}

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {string} path below /api/v3
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 * @throws {Refused} with the figures, where nobody may or will go over the budget
 */
export async function spend({ me, job }, path, body = {}, headers = {}) {
  try {
    return await post(path, body, headers)
  } catch (error) {
    if (!(error instanceof Refused) || !error.body.budget || me.role !== 'operator') throw error
    const agreed = await confirmed({
      title: 'Over budget: go on anyway?',
      text: `${error.body.reason}. That you went over it is recorded with the job.`,
      instead: budgetOf(job, error.body.budget.scope),
      yes: 'Approve anyway',
      isLoss: true,
    })
    if (!agreed) throw error
    return post(path, { ...body, override: true }, headers)
  }
}
