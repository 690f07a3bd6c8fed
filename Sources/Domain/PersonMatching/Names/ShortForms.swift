/// Names of one person by custom: short forms used in England, and spellings of one name from other scripts and
/// languages. Our own table; a row is one name, a word may stand in two rows.
enum ShortForms {
    static func groups(of bytes: UnsafeBufferPointer<UInt8>) -> (UInt16, UInt16) {
        table[String(decoding: bytes, as: UTF8.self)] ?? (0, 0)
    }

    /// Looked up, never walked.
    private static let table: [String: (UInt16, UInt16)] = {
        var table: [String: (UInt16, UInt16)] = [:]
        for (place, row) in rows.split(separator: "\n").enumerated() {
            for word in row.split(separator: " ") {
                let word = String(word)
                let group = UInt16(place + 1)
                if let known = table[word] {
                    if known.1 == 0, known.0 != group { table[word] = (known.0, group) }
                } else {
                    table[word] = (group, 0)
                }
            }
        }
        return table
    }()

    private static let rows = """
        abigail abi abby abbie gail
        abdullah abdallah abdulla abdalla
        abraham abe bram
        adam addy
        adrian ade
        ahmed ahmad achmed
        aisha ayesha aysha aaisha aischa
        alan allan allen al
        albert bert bertie al
        alexander alex sandy xander alec lex aleksander oleksandr alexandr aleksandr alessandro alejandro
        alexandra alex sandra lexi lexie sasha aleksandra oleksandra alexa
        alexei alexey aleksei aleksey oleksii oleksiy
        alfred alf alfie fred freddie
        ali aly alee
        alice ali allie alicia
        alison ali allie
        amanda mandy
        amelia millie milly amy emelia
        amina aminah ameena aminata
        amira ameera amirah
        andrew andy drew andrzej andrei andrey andriy andre
        angela angie
        ann anne anna anya ania hannah annie nan
        annabel annabelle bella belle anna
        anthony antony tony ant anton antoni
        arthur art artie artur
        ayaan ayan
        barbara barb babs barbie
        barnaby barney
        beatrice bea trixie beatrix
        benjamin ben benny benji benjy
        bernard bernie
        bethany beth
        bilal belal
        bohdan bogdan
        bradley brad
        brandon bran
        brian bryan
        bridget bridie biddy
        caleb cale
        cameron cam
        carol caroline carrie caro carolyn
        catherine kate katie cathy cath kathy katherine kathryn katharine kitty kat katya catriona caitlin katarzyna kasia
        cecilia cece celia cissy
        charles charlie chas chuck charley
        charlotte charlie lottie lotte charly
        chloe clo khloe
        christian chris
        christina chris tina chrissie chrissy kristina christine
        christopher chris kit topher kristopher krzysztof
        clara clare claire clair
        claudia claud
        constance connie
        cordelia delia
        daniel dan danny dani daniil danylo
        danielle dani elle daniella
        darius dariusz
        david dave davey davy dawid dafydd dai
        deborah deb debbie debs debra
        declan dec deklan
        denis dennis den
        diana di diane
        dimitri dmitry dmitri dmytro
        dominic dom dominik nic
        donald don donnie
        dorothy dot dotty dolly
        douglas doug dougie
        edith edie
        edmund ed eddie ned
        edward ed eddie ted teddy ned eduard
        eleanor ellie nell nelly nora ella elinor eleanora elle
        elijah eli elias ilyas
        eliza liza elsie
        elizabeth liz lizzie beth betty eliza elsie libby lisa bess betsy elisabeth elspeth liza lillibet
        ella ellie
        emanuel manny emmanuel
        emily em emmy emmie milly emilie emilia
        emma em emmy
        esther essie hester
        ethan eth
        eugene gene
        evangeline eva evie eve
        eve evie eva
        evelyn evie eve
        ezekiel zeke
        faith fay
        farouk faruk farooq faruq
        fatima fatimah fatema fathima fatma
        felicity fliss flick
        finlay fin finn finley
        florence flo florrie flossie
        frances fran frankie francesca fanny
        francis frank frankie fran
        frederick fred freddie freddy rick frederic fredrick
        gabriel gabe gabby
        gabriella gabby gabi gabrielle ella
        geoffrey geoff jeff jeffrey
        george georgie jorge georgi jerzy
        georgina georgie gina georgia
        gerald gerry jerry ged
        gertrude trudy gert
        grace gracie
        graham gray graeme
        gregory greg gregor
        gwendolyn gwen wendy
        habiba habibah
        hamza hamzah
        hannah hanna hana
        harold harry hal
        harriet hattie harry
        hassan hasan
        heather hev
        helen nell nelly ellen helena lena
        henry harry hal hank henrik
        hussein husain hussain husayn hussien
        ian iain
        ibrahim ebrahim abraham ibraheem
        imogen immy immie
        isaac zac ike ishaq isaak
        isabel izzy bella belle isabella isabelle isobel ella iza
        ismail ismael esmail
        ivan vanya john
        jack jackie john jackson jacques
        jacob jake jakob yaqub yakub jakub
        jacqueline jackie jacqui
        jamal gamal djamel jamaal
        james jim jimmy jamie jem
        jane janie jenny janet
        jasmine jas jaz yasmin jasmin yasmine yasmeen
        jason jay jase
        jeanette jean jenny
        jemima mima jem
        jennifer jen jenny jenna jenni
        jeremy jez jerry jem
        jessica jess jessie jesse
        joanne jo joanna joann ioana
        john jack johnny jon ian sean shaun ivan jan
        jonathan jon jonny johnny jonathon nathan jonny
        joseph joe joey jo jos jozef josef
        josephine jo josie jojo
        joshua josh jos
        joyce joy
        judith judy jude
        julia jules julie yulia iuliia
        julian jules
        karim kareem
        katelyn kate katie caitlin kaitlyn
        kenneth ken kenny
        kevin kev
        khadija khadijah kadija khadeeja
        khalid kalid khaled
        kimberley kim kimberly kimmy
        kyrylo kirill cyril
        laura laurie lolly
        lauren loz lauryn
        lawrence larry laurie lawrie laurence
        layla leila laila leyla
        leah lea leia
        leo leon leonard lev
        leonard len lenny leo
        leonardo leo
        lewis lew louis
        lillian lily lil lilly lilian
        linda lin lindy
        louis lou louie luis lewis
        louise lou lulu louisa
        lucas luke luca lukas lukasz luc
        lucy lu lucie luciana
        lydia lyd lidia
        mackenzie mac kenzie
        madeleine maddie maddy madeline madison madelyn maddison
        magdalena magda lena
        mahmoud mahmud mehmud mahmood
        marcus mark marc marco
        margaret maggie meg peggy madge margie greta marge peg rita maisie
        maria marie mary mia mariya mariia maryam
        mariam maryam miriam mariyam
        mark marc marek
        martha marty mattie
        martin marty marcin
        mary molly polly may mamie
        matilda tilly tilda mattie maud
        matthew matt matty mateusz matteo mateo
        maximilian max maxim maksym
        maxwell max
        megan meg meggie
        melanie mel
        melissa mel missy lissa
        mercedes mercy
        michael mike mick micky mikey mikhail mykhailo michal miguel mitch
        michelle shell chelle
        mikayla kayla mika
        mildred millie milly
        mohammed muhammad mohamed mohammad mohamad muhammed mohamud mohammod muhamad mo mohd md
        mohsin muhsin
        montgomery monty
        morgan mo
        mustafa mostafa moustafa
        mykola nikolai nicholas nikolay
        myra mira
        nadia nadya nadiya
        naomi nay
        natalie nat tallie nattie nataliya natalia natasha
        natasha tasha nat
        nathan nate nat
        nathaniel nat nate nathan nathanael
        nicholas nick nicky nico nicolas nikolas nic
        nicole nikki nicky nicola nic
        nikhil nick
        noor nur nour
        nora norah noora
        oliver ollie olly
        olivia liv livvy livia olive ollie
        omar umar omer
        osman usman uthman othman
        oscar ozzy oskar
        oswald oz ozzie
        pamela pam
        patricia pat patty tricia trish
        patrick pat paddy rick patryk
        paul paulie pavel pawel pablo
        pauline paula polly
        penelope penny nell
        peter pete piotr petro pyotr
        philip phil pip phillip
        philippa pippa pip
        phoebe pheobe febe
        priscilla cilla prissy
        rachel rach rachael shelly
        rahman rehman
        raphael rafe rafael rafi
        raymond ray
        rebecca becky bec becca beck rebekah
        reginald reg reggie
        richard rick dick richie ricky rich ryszard
        robert rob bob bobby robbie bert robin
        roberta bobbie robbie
        rochelle shelly
        roderick rod roddy
        roger rodge
        roland roly rollo
        ronald ron ronnie
        rosalind ros rose
        rosemary rose rosie romy
        rose rosie rosa
        roxanne roxy
        rupert ru
        russell russ
        ruth ruthie
        sabrina bree
        saeed said sayeed
        sadia saadia
        salma selma
        samantha sam sammy
        samir sameer
        samuel sam sammy shmuel samuil
        sandra sandy
        sarah sally sara sadie sarra
        savannah vanna
        sebastian seb bastian
        sergei sergey serhii sergiy
        serena rena
        shannon shan
        sharif shareef cherif
        sharon shaz
        shirley shirl
        siddharth sid
        sidney sid sydney
        simon si szymon semyon
        sofia sophia sophie sofie zofia sofiya soph
        solomon sol suleiman sulaiman suleyman
        stanley stan
        stephanie steph stevie
        stephen steve steven stevie stefan stephan
        stuart stu stewart
        susan sue susie suzie suzanne susannah suki
        svitlana svetlana
        tabitha tabby
        tamara tammy tam tamar
        tariq tarek tareq
        tatiana tanya tetiana
        teresa terry tess tessa theresa tracy
        terence terry terrence
        thaddeus thad tad
        theodora dora thea theo
        theodore theo ted teddy teo
        thomas tom tommy tomas tomasz
        timothy tim timmy
        tobias toby tobi
        toby tobi
        tracey trace tracy
        tristan tris
        valentina val tina valentine
        valerie val
        vanessa nessa vanna ness
        vasyl vasily basil
        veronica ronnie vera roni
        victor vic viktor
        victoria vicky vic tori vickie viktoria viktoriia
        vincent vin vinny vince
        violet vi letty
        virginia ginny gina
        vivian viv vivienne
        volodymyr vladimir vova
        walter walt wally
        wilfred wilf fred
        wilhelmina mina billie minnie
        william will bill billy liam willie wills
        winifred win freda winnie
        wojciech wojtek
        xavier xav zavier
        yahya yehia
        yevhen evgeny yevgeny eugene
        younis yunus younus yunis jonah
        yusuf yousef youssef yosef yusef yousuf josef yousaf joseph
        zachary zac zach zack zak zachariah zechariah zacharia
        zainab zaynab zeinab zaineb
        zara zahra zahara sara
        zoe zo zoey zooey
        """
}
