/** The story did not go as it should; the message is the sentence that says so. */
export class StoryError extends Error {
  override name = 'StoryError';
}

/** Somebody asked the demo to stop. */
export class Stopped extends Error {
  override name = 'Stopped';
}
