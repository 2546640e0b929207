/** What is wrong with a JMESPath expression; null: nothing. */
import jmespath from 'jmespath'

export function problemOf(expression: string): string | null {
  try {
    jmespath.search({}, expression)
    return null
  } catch (error) {
    const { message } = error as Error
    // What has a wrong type may be right in an answer.
    return message.startsWith('TypeError') ? null : message
  }
}
