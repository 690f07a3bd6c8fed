public import DomainModel

/// An event in CloudEvents 1.0.2, from whichever mode it came in. Its texts come from outside until a participant has
/// judged them: none belongs into a key, a log line or an error.
public struct CloudEvent: Hashable, Sendable {
    /// An extension attribute by its CloudEvents name, without the `ce_` of the Kafka binding.
    public struct Attribute: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var id: String
    public var source: String
    public var type: String
    public var subject: String?
    public var time: Instant?
    /// A time was given and is not RFC 3339; what it said is in ``unusable``.
    public var timeIsFaulty: Bool
    public var dataContentType: String?
    /// In the order in which they came, known and unknown ones alike.
    public var extensions: [Attribute]
    /// Optional attributes that break a rule of their name or value (bytes that are not UTF-8 repaired), kept so that
    /// nothing is lost. They go into sealed parts at most, and ``headers()`` leaves them out.
    public var unusable: [Attribute]
    /// The JSON text of the data. In binary mode the value as it was sent, not parsed yet; in structured mode well
    /// formed and without whitespace.
    public var data: [UInt8]

    public init(
        id: String, source: String, type: String, subject: String? = nil, time: Instant? = nil,
        timeIsFaulty: Bool = false, dataContentType: String? = "application/json", extensions: [Attribute] = [],
        unusable: [Attribute] = [], data: [UInt8]
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.timeIsFaulty = timeIsFaulty
        self.dataContentType = dataContentType
        self.extensions = extensions
        self.unusable = unusable
        self.data = data
    }

    /// The first extension of that name.
    public func value(of name: String) -> String? { extensions.first { $0.name == name }?.value }

    /// nil where the type is not one that the hub could ever know.
    public var typeName: EventTypeName? { EventTypeName(type) }
}

/// What an envelope may be; each limit with its unit and its reason.
public enum CloudEventLimits {
    /// Bytes of one attribute's text. Ids and sources are short by nature; a longer one carries something else.
    public static let attributeBytesMax = 256
    /// Bytes of an attribute's name: CloudEvents 1.0.2 asks senders to stay within 20.
    public static let attributeNameBytesMax = 20
    /// Attributes of one event, so that reading one is bounded however many headers it has.
    public static let attributesMax = 64
}
