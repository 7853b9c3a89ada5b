import Protocol
import Testing

@testable import Worker

@Suite struct TemplateCacheTests {
  @Test("the least recently used templates give way, and the bytes stay within the limit")
  func eviction() throws {
    var cache = TemplateCache(byteLimit: 30)
    let templates = try (0..<4).map { try Template(format: .openQASM, bytes: [UInt8](repeating: UInt8($0), count: 10)) }
    for template in templates[0..<3] { cache.insert(template) }
    #expect(cache.template(for: templates[0].digest) == templates[0])
    cache.insert(templates[3])
    #expect(cache.byteCount == 30)
    #expect(cache.template(for: templates[1].digest) == nil)
    for index in [0, 2, 3] { #expect(cache.template(for: templates[index].digest) == templates[index]) }
  }

  @Test("a template that alone passes the limit is not kept, and pushes nothing out")
  func tooLarge() throws {
    var cache = TemplateCache(byteLimit: 30)
    let small = try Template(format: .openQASM, bytes: [1])
    cache.insert(small)
    cache.insert(try Template(format: .openQASM, bytes: [UInt8](repeating: 0, count: 31)))
    #expect(cache.byteCount == 1)
    #expect(cache.template(for: small.digest) == small)
  }

  @Test("the same template is counted once")
  func repeated() throws {
    var cache = TemplateCache(byteLimit: 30)
    let template = try Template(format: .openQASM, bytes: [1, 2, 3])
    cache.insert(template)
    cache.insert(template)
    #expect(cache.byteCount == 3)
  }
}
