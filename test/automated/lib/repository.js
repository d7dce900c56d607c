// The repository's own files, and what its reference of the configuration names.
import { readFileSync } from 'node:fs';

/** Root of the repository, as a URL with a slash at its end. */
export const repository = new URL('../../../', import.meta.url);

/** Text of a file by its path from the root. */
export const read = (path) => readFileSync(new URL(path, repository), 'utf8');

/** Variables that only Compose reads. */
export const composeVariables = ['DOMAIN', 'GRAFANA_PASSWORD', 'MYSQL_PASSWORD', 'MYSQL_ROOT_PASSWORD'];

/** Variables that libraries of the server read. */
const libraryVariables = ['AWS_REGION', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Every variable that the server reads: `.env.example` is tested against its options. */
export function serverVariables() {
  const names = [...read('.env.example').matchAll(/^# ([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
  const own = names.filter((name) => !composeVariables.includes(name));
  return new Set([...own, ...own.map((name) => `${name}_FILE`), ...libraryVariables]);
}
