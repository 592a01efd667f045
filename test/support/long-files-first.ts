/** The order in which the files of tests begin. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes long. By their size, which is all that a fresh clone knows, or as a project's last they would end alone. */
const LONG_FILES = ['chaos/chaos', 'hostile/hostile', 'media/loudness', 'media/transitions'].map(
  (name) => `test/${name}.test.ts`,
)

/** As vitest does, but that those begin first of their project. */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONG_FILES.some((file) => moduleId.endsWith(file))
    const projects = Object.values(Object.groupBy(sorted, ({ project }) => project.name))
    return projects.flatMap((ofOne = []) => [...ofOne.filter(isLong), ...ofOne.filter((file) => !isLong(file))])
  }
}
