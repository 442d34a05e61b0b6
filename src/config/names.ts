/** What a service may be called: its name is part of ids, file names and search attributes. */
export const SERVICE_PATTERN = /^[a-z0-9][a-z0-9-]{0,39}$/;
