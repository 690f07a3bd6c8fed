import Testing

@testable import JSON

private struct Child: JSONCodable, Hashable {
    var birthDate: String
    var age: Int?
    var marks: [Double] = []
    var isUnborn = false

    init(birthDate: String, age: Int? = nil, marks: [Double] = [], isUnborn: Bool = false) {
        self.birthDate = birthDate
        self.age = age
        self.marks = marks
        self.isUnborn = isUnborn
    }

    init(json: JSONValue) throws(JSONError) {
        birthDate = try json.required("birthDate")
        age = try json.optional("age")
        marks = try json.list("marks")
        isUnborn = try json.optional("isUnborn") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("birthDate", birthDate)
        json.field("age", age)
        json.field("marks", marks)
        json.fieldIfTrue("isUnborn", isUnborn)
        json.endObject()
    }
}

private struct Family: JSONCodable, Hashable {
    var children: [Child]
    init(children: [Child]) { self.children = children }
    init(json: JSONValue) throws(JSONError) { children = try json.list("children") }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("children", children)
        json.endObject()
    }
}

private enum Colour: String, JSONCodable { case red, green }

struct CodableTests {
    let parser = JSONParser()

    private func family(_ text: String) throws(JSONError) -> Family {
        try Family(json: try parser.parse(Array(text.utf8)))
    }

    private func fault(_ text: String) -> String? {
        do {
            _ = try family(text)
            return nil
        } catch { return "\(error.pointer) \(error.expected)" }
    }

    @Test func `What is written is read again`() throws {
        let written = Family(children: [
            Child(birthDate: "2020-02-29", age: 5, marks: [1.5, -0.25], isUnborn: false),
            Child(birthDate: "", isUnborn: true),
        ])
        var writer = JSONWriter()
        written.write(to: &writer)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(
            text == #"{"children":[{"birthDate":"2020-02-29","age":5,"marks":[1.5,-0.25]},"#
                + #"{"birthDate":"","isUnborn":true}]}"#)
        #expect(try family(text) == written)
    }

    @Test func `An error points at the place and says what was expected there`() {
        #expect(fault(#"{"children":[{"birthDate":7}]}"#) == "/children/0/birthDate a text")
        #expect(fault(#"{"children":[{"birthDate":"x"},{}]}"#) == "/children/1/birthDate a text")
        #expect(fault(#"{"children":[{"birthDate":null}]}"#) == "/children/0/birthDate a text")
        #expect(fault(#"{"children":[{"birthDate":"x","marks":[1,"2"]}]}"#) == "/children/0/marks/1 a number")
        #expect(fault(#"{"children":[{"birthDate":"x","age":1.5}]}"#) == "/children/0/age a whole number of 64 bits")
        #expect(fault(#"{"children":{}}"#) == "/children a list")
        #expect(fault(#"{"children":[7]}"#) == "/children/0 an object")
        #expect(fault("[]") == " an object")
    }

    @Test func `Missing and null lists are empty`() throws {
        #expect(try family("{}").children.isEmpty)
        #expect(try family(#"{"children":null}"#).children.isEmpty)
    }

    @Test func `Listed codes are read and written by their code`() throws {
        #expect(try Colour(json: parser.parse(Array("\"red\"".utf8))) == .red)
        #expect(throws: JSONError(expected: "one of the listed codes")) {
            try Colour(json: parser.parse(Array("\"mauve\"".utf8)))
        }
        var writer = JSONWriter()
        Colour.green.write(to: &writer)
        #expect(writer.bytes == Array("\"green\"".utf8))
    }

    @Test func `Pointers escape what RFC 6901 asks`() {
        #expect(JSONPointer("a/b", "c~d").appending(index: 3).appending("e").description == "/a~1b/c~0d/3/e")
        #expect(JSONPointer.root.description.isEmpty)
        #expect(JSONError(expected: "a text").description == "the document: expected a text")
    }

    @Test func `No error of any kind holds what a sender wrote`() {
        let marker = "MARKER4711"
        let documents = [
            #"{"children":"MARKER4711"}"#, #"{"children":["MARKER4711"]}"#,
            #"{"children":[{"birthDate":{"MARKER4711":1}}]}"#, #"{"children":[{"birthDate":["MARKER4711"]}]}"#,
            #"{"children":[{"birthDate":"MARKER4711","age":"MARKER4711"}]}"#, #"{"MARKER4711""#,
            #"{"MARKER4711":1e999}"#, #"{} "MARKER4711""#,
        ]
        for document in documents {
            let text = fault(document) ?? marker
            #expect(!text.contains(marker), "\(document)")
        }
    }
}
