/** The order in which the files of tests begin. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Small files that take long. By their size, which is all that a fresh clone knows, they would begin last and end alone. */
const LONG_FILES = ['test/chaos/chaos.test.ts', 'test/media/loudness.test.ts']

/** As vitest does, but that those begin first of their project. */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONG_FILES.some((file) => moduleId.endsWith(file))
    const projects = Object.values(Object.groupBy(sorted, ({ project }) => project.name))
    return projects.flatMap((ofOne = []) => [...ofOne.filter(isLong), ...ofOne.filter((file) => !isLong(file))])
  }
}
