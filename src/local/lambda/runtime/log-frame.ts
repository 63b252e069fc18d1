// The form of a log event on its way from a function's process to the cloud.

/** A frame: 4 bytes length of the text, 8 bytes time (double), the text. */
export const FRAME_HEADER = 12;
export const LOG_DESCRIPTOR = 3;
