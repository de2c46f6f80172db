/** Whether a question may be one for an emoji: two letters, or one where a sign is a word, so that ":)" asks nothing. */
export const asksForEmoji = (question: string): boolean =>
  /^\p{Script=Han}/u.test(question) || /^[\p{L}\p{N}]{2}/u.test(question)
